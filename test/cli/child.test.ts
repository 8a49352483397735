import { expect, test } from "vitest";
import { giveTerminal } from "../../src/cli/child.ts";
import { recordingIo } from "../support/io.ts";

/** Gives the terminal to a shell; returns its exit code, and how interrupts were handled. */
function given(script: string) {
  let interrupt: (signal: "SIGINT" | "SIGTERM") => void = () => undefined;
  let takenBack = 0;
  const io = {
    ...recordingIo({ env: { PATH: process.env.PATH } }),
    handOver: (to: typeof interrupt) => {
      interrupt = to;
      return () => takenBack++;
    },
  };
  return {
    ended: giveTerminal(["sh", "-c", script], io),
    interrupt: (signal: "SIGINT" | "SIGTERM") => interrupt(signal),
    takenBack: () => takenBack,
  };
}

test("a program that was given the terminal determines the exit code", async () => {
  await expect(given("exit 0").ended).resolves.toBeUndefined();
  await expect(given("exit 25").ended).rejects.toMatchObject({ name: "ExitWith", exitCode: 25 });
  await expect(given("kill -9 $$").ended).rejects.toMatchObject({ exitCode: 137 });
});

test("Ctrl-C is not passed on, because the program received it already; SIGTERM is", async () => {
  const { ended, interrupt, takenBack } = given("exec sleep 1000");
  interrupt("SIGINT");
  expect(takenBack()).toBe(0);
  interrupt("SIGTERM");
  await expect(ended).rejects.toMatchObject({ exitCode: 143 });
  expect(takenBack()).toBe(1);
});

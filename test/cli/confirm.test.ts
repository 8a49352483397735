import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { confirm } from "../../src/cli/confirm.ts";
import { recordingIo } from "../support/io.ts";

function asked() {
  const stdin = new PassThrough();
  let interrupt = () => {};
  const io = {
    ...recordingIo(),
    stdin,
    handOver: (to: (signal: "SIGINT") => void) => {
      interrupt = () => to("SIGINT");
      return () => undefined;
    },
  };
  return { stdin, io, answer: confirm("Go on?", io), interrupt: () => interrupt() };
}

test.each([
  ["y", true],
  ["Yes ", true],
  ["", false],
  ["n", false],
  ["yeah, why not", false],
])("the answer %j means %s", async (said, meant) => {
  const { stdin, answer, io } = asked();
  stdin.write(`${said}\n`);
  expect(await answer).toBe(meant);
  expect(io.stderr.text).toBe("Go on? [y/N] ");
  expect(io.stdout.text).toBe("");
});

test("Ctrl-D means no", async () => {
  const { stdin, answer } = asked();
  stdin.end();
  expect(await answer).toBe(false);
});

test("Ctrl-C means no", async () => {
  const { answer, interrupt } = asked();
  await new Promise(setImmediate);
  interrupt();
  expect(await answer).toBe(false);
});

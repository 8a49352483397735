import { expect, test } from "vitest";
import { attempt, local } from "../../src/lab/local.ts";

test("a program's arguments arrive as they are, whatever a shell would make of them", async () => {
  expect(await local(["printf", "%s|", "a b", "$HOME", "*", "'", ""])).toBe("a b|$HOME|*|'||");
});

test("a program that fails is shown as a command, with the last lines it said", async () => {
  const failing = local(["sh", "-c", "echo first; seq 30 >&2; exit 3"], {
    failing: "counting failed",
    hint: "count less",
  });
  await expect(failing).rejects.toMatchObject({
    code: "E_LAB",
    message: "counting failed",
    details: { why: expect.stringMatching(/^sh -c .*\n16\n17\n(.*\n)*30$/) as string, hint: "count less" },
  });
});

test.each([
  ["a program", "sleep 30", undefined],
  ["one that ignores SIGTERM", "trap '' TERM; sleep 30", "SIGKILL" as const],
])("an abort ends %s", async (_, script, killSignal) => {
  const stop = new AbortController();
  const running = attempt(["sh", "-c", script], { signal: stop.signal, ...(killSignal && { killSignal }) });
  setImmediate(() => stop.abort(new Error("Ctrl-C")));
  await expect(running).rejects.toThrow("Ctrl-C");
});

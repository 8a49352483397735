import { expect, test } from "vitest";
import { local } from "../../src/lab/local.ts";
import { runProgram } from "../../src/process.ts";

test("a program's arguments arrive unchanged, whatever their meaning for a shell", async () => {
  expect(await local(["printf", "%s|", "a b", "$HOME", "*", "'", ""])).toBe("a b|$HOME|*|'||");
});

test("the error of a failing program shows the command and its last lines of output", async () => {
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
  const running = runProgram(["sh", "-c", script], { signal: stop.signal, ...(killSignal && { killSignal }) });
  setImmediate(() => stop.abort(new Error("Ctrl-C")));
  await expect(running).rejects.toThrow("Ctrl-C");
});

import { expect, test } from "vitest";
import { watchOutput } from "../../src/cli/io.ts";
import type { TripodError } from "../../src/errors.ts";
import { Recorder } from "../support/surface.ts";

/** The reported errors and the exit code if writing fails with `code` in a command that would exit with the other code. */
function outcome(code: string, exitCode: number): { told: TripodError[]; exitCode: number } {
  const told: TripodError[] = [];
  const stdout = new Recorder();
  const after = watchOutput(stdout, (error) => told.push(error));
  stdout.emit("error", Object.assign(new Error(`write ${code}`), { code }));
  return { exitCode: after(exitCode), told };
}

test("a closed pipe prints no error, but the exit code is not 0", () => {
  expect(outcome("EPIPE", 0)).toEqual({ told: [], exitCode: 5 });
});

test("a command that fails for another reason keeps its exit code", () => {
  expect(outcome("EPIPE", 23)).toEqual({ told: [], exitCode: 23 });
});

test("a full disk under a redirected output is a failure of the operator's machine", () => {
  const { told, exitCode } = outcome("ENOSPC", 0);
  expect(exitCode).toBe(5);
  expect(told).toMatchObject([{ code: "E_LOCAL", message: "cannot write to the standard output: write ENOSPC" }]);
});

test("if all output was written, the exit code stays", () => {
  expect(watchOutput(new Recorder(), () => expect.unreachable())(2)).toBe(2);
});

import { expect, test } from "vitest";
import { outliveReader } from "../../src/cli/io.ts";
import type { TripodError } from "../../src/errors.ts";
import { Recorder } from "../support/surface.ts";

/** What is told when writing fails with this code. */
function failures(code: string): TripodError[] {
  const told: TripodError[] = [];
  const stdout = new Recorder();
  outliveReader(stdout, (error) => told.push(error));
  stdout.emit("error", Object.assign(new Error(`write ${code}`), { code }));
  return told;
}

test("a reader that goes away early is no failure", () => {
  expect(failures("EPIPE")).toEqual([]);
});

test("a full disk under a redirected output is a failure of the operator's machine", () => {
  expect(failures("ENOSPC")).toMatchObject([
    { code: "E_LOCAL", message: "cannot write to the standard output: write ENOSPC" },
  ]);
});

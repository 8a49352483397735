import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { walkOnScreen } from "../../src/cli/walk.ts";
import { listRuns, readRun } from "../../src/record.ts";
import { testCluster } from "../support/cluster.ts";
import { recordingIo } from "../support/io.ts";

/** A walk over no machines needs no network, and begins and ends like every other walk. */
const nobody = { ...testCluster(), masters: [], workers: [], machines: [] };

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tripod-walk-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a walk leaves its record", async () => {
  const io = recordingIo({ env: { XDG_STATE_HOME: folder } });
  await walkOnScreen(nobody, [], io, { mode: "plan" });
  const [run] = listRuns(io.env, nobody.name);
  expect(readRun(run?.path ?? "").map(({ type }) => type)).toEqual(["run.start", "run.end"]);
  expect(io.stderr.text).toBe("");
});

test("a state folder that cannot be written causes one warning, and the walk continues", async () => {
  writeFileSync(join(folder, "tripod"), "a file where a folder should be");
  const io = recordingIo({ env: { XDG_STATE_HOME: folder } });
  await walkOnScreen(nobody, [], io, { mode: "plan" });
  expect(io.stdout.text).toContain("nothing to change, 0 unchanged");
  expect(io.stderr.text).toMatch(/^warning: this run's record could not be written \(E_LOCAL\)\n {2}\| E/);
  expect(io.stderr.text.match(/warning/g)).toHaveLength(1);
});

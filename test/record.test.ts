import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TripodError } from "../src/errors.ts";
import { listRuns, readRun, recordRun } from "../src/record.ts";
import { bootstrap, plan } from "./support/scenario.ts";

let state: string;
let env: { XDG_STATE_HOME: string };

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "tripod-state-"));
  env = { XDG_STATE_HOME: state };
});
afterEach(() => rmSync(state, { recursive: true }));

const noon = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second));

function record(cluster: string, second: number, events = plan) {
  const recording = recordRun(cluster, "plan", env, noon(second));
  for (const event of events) recording.sink(event);
  expect(recording.close()).toBeUndefined();
  return recording;
}

function permissions(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test("the events of a run can be read back", () => {
  const { path } = record("lab", 0, bootstrap);
  expect(path).toBe(join(state, "tripod/runs/lab/20260131T120000.000Z-plan.jsonl"));
  expect(readRun(path)).toEqual(bootstrap);
});

test("only the operator can read a record", () => {
  const { path } = record("lab", 0);
  expect(permissions(path)).toBe("600");
  expect(permissions(dirname(path))).toBe("700");
  expect(permissions(join(state, "tripod"))).toBe("700");
});

test("a killed run has a record up to the kill", () => {
  const recording = recordRun("lab", "apply", env);
  for (const event of bootstrap.slice(0, 5)) recording.sink(event);
  expect(readRun(recording.path)).toEqual(bootstrap.slice(0, 5));
  recording.close();
});

test("a line that the kill left incomplete is ignored", () => {
  const { path } = record("lab", 0);
  appendFileSync(path, '{"type":"run.e');
  expect(readRun(path)).toEqual(plan);
});

test("a run that never began leaves no record", () => {
  const recording = recordRun("lab", "apply", env);
  expect(recording.close()).toBeUndefined();
  expect(readdirSync(state)).toEqual([]);
});

test("the newest 50 records of each cluster are kept, and nothing else in the folder is touched", () => {
  const folder = dirname(record("other", 0).path);
  mkdirSync(join(dirname(folder), "lab"));
  writeFileSync(join(dirname(folder), "lab", "0-notes.txt"), "mine");
  for (let second = 0; second < 55; second++) record("lab", second, plan.slice(0, 1));
  const kept = listRuns(env, "lab").map((run) => run.startedAt);
  expect(kept).toHaveLength(50);
  expect([kept[0], kept.at(-1)]).toEqual([noon(54).getTime(), noon(5).getTime()]);
  expect(listRuns(env, "other")).toHaveLength(1);
  expect(readFileSync(join(dirname(folder), "lab", "0-notes.txt"), "utf8")).toBe("mine");
});

test("the runs of all clusters are listed, the newest first", () => {
  record("lab", 1);
  record("prod", 3);
  record("lab", 2);
  expect(listRuns(env).map(({ cluster, id }) => `${cluster} ${id}`)).toEqual([
    "prod 20260131T120003.000Z-plan",
    "lab 20260131T120002.000Z-plan",
    "lab 20260131T120001.000Z-plan",
  ]);
});

test("without any run the list is empty", () => {
  expect(listRuns(env)).toEqual([]);
  expect(listRuns(env, "lab")).toEqual([]);
});

test("a state folder that cannot be written is reported at the end, and does not stop the run", () => {
  writeFileSync(join(state, "tripod"), "a file where a folder should be");
  const recording = recordRun("lab", "apply", env);
  for (const event of bootstrap) recording.sink(event);
  expect(recording.close()?.explain()).toContain("this run's record could not be written (E_LOCAL)\n  | E");
});

test("two runs in the same millisecond do not write into one file", () => {
  const first = record("lab", 0);
  const second = recordRun("lab", "plan", env, noon(0));
  for (const event of plan) second.sink(event);
  expect(second.close()?.code).toBe("E_LOCAL");
  expect(readRun(first.path)).toEqual(plan);
});

test.each([
  ["text", "hello\n"],
  ["JSON that is no event", '{"a":1}\n'],
  ["null", "null\n"],
])("a file of %s is refused with its line", (_, text) => {
  const path = join(state, "file");
  writeFileSync(path, text);
  expect(explained(() => readRun(path))).toContain(`${path} is not the record of a run (E_LOCAL)\n  at ${path}:1:1\n`);
});

test("a missing file is an error of the operator's machine", () => {
  const path = join(state, "absent");
  expect(explained(() => readRun(path))).toMatch(`cannot read ${path} (E_LOCAL)`);
});

function explained(work: () => unknown): string {
  try {
    work();
    return "no error";
  } catch (error) {
    return error instanceof TripodError ? error.explain() : String(error);
  }
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import type { RunEvent } from "../../../src/engine/events.ts";
import { recordRun } from "../../../src/record.ts";
import { recordingIo } from "../../support/io.ts";
import { bootstrap, failedBootstrap, plan } from "../../support/scenario.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const TSX = new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tripod-report-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const state = () => ({ XDG_STATE_HOME: folder });

/** Writes the record of a run that began at that second. */
function record(events: readonly RunEvent[], second: number, cluster = "lab"): void {
  const recording = recordRun(cluster, "apply", state(), new Date(Date.UTC(2026, 0, 31, 12, 0, second)));
  for (const event of events) recording.sink(event);
  recording.close();
}

async function tripod(...args: string[]) {
  const io = recordingIo({ env: state(), cwd: folder });
  const exitCode = await runCommandLine(["report", ...args], io);
  return { exitCode, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("without arguments it reports the newest run", async () => {
  record(bootstrap, 1);
  record(failedBootstrap, 2);
  const { exitCode, stdout } = await tripod();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^tripod apply of lab, 2026-01-01 00:00:00 UTC\n\nFAILED w1: kubeadm join failed/);
});

test("--list shows how each run ended, even if one record is invalid", async () => {
  record(bootstrap, 1);
  record(failedBootstrap.slice(0, -1), 2, "prod");
  writeFileSync(join(folder, "tripod/runs/lab/20260131T120003.000Z-plan.jsonl"), "nonsense\n");
  expect((await tripod("--list")).stdout.split("\n")).toEqual([
    expect.stringMatching(/^20260131T120003\.000Z-plan {2}lab {2}.* is not the record of a run$/),
    "20260131T120002.000Z-apply  prod  not finished: 5 changed on 3 hosts, 2 unchanged",
    "20260131T120001.000Z-apply  lab  done: 5 changed on 3 hosts, 2 unchanged",
    "",
  ]);
});

test("a run is chosen by its id, by its file, or as the newest of a cluster", async () => {
  record(bootstrap, 1);
  record(plan, 2, "prod");
  writeFileSync(join(folder, "copy.ndjson"), failedBootstrap.map((event) => `${JSON.stringify(event)}\n`).join(""));
  expect((await tripod("20260131T120001.000Z-apply")).stdout).toContain("apply of lab done");
  expect((await tripod("copy.ndjson")).stdout).toContain("apply of lab failed");
  expect((await tripod("--cluster", "lab")).stdout).toContain("apply of lab done");
  expect((await tripod()).stdout).toContain("plan of lab done");
});

test("an inventory chooses its own cluster's runs", async () => {
  record(bootstrap, 1, "rehearsal");
  record(plan, 2, "prod");
  expect((await tripod("-i", join(process.cwd(), "inventories/lab.yaml"), "--list")).stdout).toMatch(
    /^20260131T120001.*rehearsal.*\n$/,
  );
});

test.each([
  ["text", /^tripod apply of lab/],
  ["json", /^\{\n {2}"mode": "apply",/],
  ["junit", /^<\?xml version="1.0"/],
  ["html", /^<!DOCTYPE html>/],
])("--format %s", async (format, beginning) => {
  record(bootstrap, 1);
  expect((await tripod("--format", format)).stdout).toMatch(beginning);
});

test.each([
  ["run.htm", /^<!DOCTYPE html>/],
  ["RUN.HTML", /^<!DOCTYPE html>/],
  ["run.html", /^<!DOCTYPE html>/],
  ["run.xml", /^<\?xml/],
  ["run.json", /^\{/],
  ["run.txt", /^tripod apply/],
])("-o %s writes the format of its extension, and names the run and its cluster", async (file, beginning) => {
  record(bootstrap, 1);
  const { stderr, ...rest } = await tripod("-o", file);
  expect(rest).toEqual({ exitCode: 0, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^wrote ${file}: \\S+-apply, cluster \\S+\n$`));
  expect(readFileSync(join(folder, file), "utf8")).toMatch(beginning);
});

test.each([
  ["without any recorded run", [], 3, "no run is recorded"],
  ["where none of that cluster is recorded", ["--cluster", "foo"], 3, "no run of foo is recorded"],
  ["for an unknown run", ["20260131"], 3, "there is no recorded run and no file 20260131"],
  ["for a cluster and an inventory at once", ["--cluster", "a", "-i", "b"], 3, "cannot be used with option"],
  ["for a format that does not exist", ["--format", "pdf"], 3, "Allowed choices are text, json, junit, html"],
])("%s there is a clear error", async (_, args, exitCode, message) => {
  const result = await tripod(...args);
  expect(result).toMatchObject({ exitCode, stdout: "" });
  expect(result.stderr).toContain(message);
});

test("a file without a run, and one that cannot be written, are clear errors too", async () => {
  writeFileSync(join(folder, "empty"), "");
  expect((await tripod("empty")).stderr).toContain("contains no run (E_LOCAL)");
  record(bootstrap, 1);
  expect((await tripod("-o", "no/such/folder.html")).stderr).toContain("(E_LOCAL)\n  | ENOENT");
});

test("records in another shape than Tripod's are refused by name, and hide no other run in the list", async () => {
  record(bootstrap, 1);
  const hostile = [{ type: "run.start", at: 1e300, mode: "apply", cluster: 7, phases: null }];
  writeFileSync(join(folder, "hostile"), `${hostile.map((event) => JSON.stringify(event)).join("\n")}\n`);
  expect(await tripod("hostile")).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining("hostile is not the record of a run") as string,
  });
  record(hostile as never, 2);
  const { exitCode, stdout } = await tripod("--list");
  expect([exitCode, stdout.trim().split("\n").length]).toEqual([0, 2]);
  expect(stdout).toContain("is not the record of a run");
});

test("-o with an unknown extension is refused, and written with --format", async () => {
  record(bootstrap, 1);
  const { exitCode, stderr } = await tripod("-o", "run.pdf");
  expect([exitCode, existsSync(join(folder, "run.pdf"))]).toEqual([3, false]);
  expect(stderr).toContain("no report format has the extension .pdf (E_USAGE)\n  → use .txt");
  expect(await tripod("-o", "run.pdf", "--format", "text")).toMatchObject({ exitCode: 0 });
});

/** Runs the real program with a limit of 4 KiB for files, which acts like a full disk. */
function onFullDisk(command: string): { status: number | null; stderr: string } {
  return spawnSync(
    "sh",
    ["-c", `ulimit -f 8; trap "" XFSZ; "$0" --import "$1" "$2" ${command}`, process.execPath, TSX, MAIN],
    { cwd: folder, env: { ...process.env, ...state(), TSX_DISABLE_CACHE: "1" }, encoding: "utf8" },
  );
}

test("a report that does not fit on the disk keeps the earlier file, and leaves no partial one", () => {
  record(bootstrap, 1);
  writeFileSync(join(folder, "run.html"), "before");
  const { status, stderr } = onFullDisk("report -o run.html");
  expect([status, stderr]).toEqual([5, expect.stringContaining("cannot write")]);
  expect(readdirSync(folder).toSorted()).toEqual(["run.html", "tripod"]);
  expect(readFileSync(join(folder, "run.html"), "utf8")).toBe("before");
});

test("a report to the standard output that does not fit on the disk is an error", () => {
  record(bootstrap, 1);
  const { status, stderr } = onFullDisk("report --format html >cut.html");
  expect([status, stderr]).toEqual([5, expect.stringContaining("cannot write to the standard output")]);
});

test("an empty list of runs is reported", async () => {
  expect(await tripod("--list")).toEqual({ exitCode: 0, stdout: "", stderr: "no run is recorded\n" });
});

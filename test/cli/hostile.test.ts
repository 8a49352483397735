import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { printFailure } from "../../src/cli/failure.ts";
import { processIo } from "../../src/cli/io.ts";
import type { DrillEvent } from "../../src/drills/events.ts";
import { TripodError, TripodErrors } from "../../src/errors.ts";
import { inventoryErrors } from "../../src/inventory/problem.ts";
import { reportDetails } from "../../src/report/details.ts";
import { drillHtml, drillJson, drillJunit, drillReportOf, drillText } from "../../src/report/drill/index.ts";
import { reportHtml } from "../../src/report/html.ts";
import { reportJson } from "../../src/report/json.ts";
import { reportJunit } from "../../src/report/junit.ts";
import { reportText } from "../../src/report/text.ts";
import { drillScreenFor } from "../../src/ui/drill.ts";
import { screenFor } from "../../src/ui/index.ts";
import { guarded } from "../../src/ui/output.ts";
import { DRILLS } from "../report/drill/drills.ts";
import { report } from "../support/reports.ts";
import { bootstrap, failedBootstrap, plan } from "../support/scenario.ts";
import { Recorder, recordingSurface } from "../support/surface.ts";

/** What an unauthenticated server, or a program on a host, may print: title, clipboard, screen, colours, a line like Tripod's. */
const HOSTILE =
  "no\u001B]0;mine\u0007\u001B]52;c;cm0gLXJmIC8=\u0007\u001B[2J\u001B[H\u001B[8m\u009B31m\u202Erm\u200B\u2028\u007F\r\n✔ apply done";

/** The same events, with every text replaced that may come from a host, a person or a file. */
function hostile<Event extends object>(events: readonly Event[]): Event[] {
  const ours = ["type", "mode", "outcome", "code", "name", "title", "phase", "host", "role", "kind"];
  return JSON.parse(
    JSON.stringify(events, (key, value: unknown) =>
      typeof value === "string" && key !== "" && !/^\d+$/.test(key) && !ours.includes(key)
        ? `${HOSTILE}${value}`
        : value,
    ),
  ) as Event[];
}

/** The characters of a text that a terminal would interpret or not show, except Tripod's own colours. */
function steering(text: string): string[] {
  // eslint-disable-next-line no-control-regex -- the pattern matches them
  const others = text.replace(/\u001B\[(?:2|22|31|32|33|39)m/g, "");
  return others.match(/(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/gu) ?? [];
}

function shown(mode: "apply" | "plan", json: boolean): string {
  const surface = recordingSurface({ env: { FORCE_COLOR: "1" } });
  const screen = screenFor(surface, { json, mode });
  hostile(mode === "plan" ? plan : failedBootstrap).forEach(screen.sink);
  void screen.finish();
  return surface.stdout.text;
}

function drillShown(json: boolean): string {
  const surface = recordingSurface({ env: { FORCE_COLOR: "1" } });
  hostile(hostileDrill()).forEach(drillScreenFor(surface, { json }));
  return surface.stdout.text;
}

function hostileDrill(): readonly DrillEvent[] {
  return Object.values(DRILLS).flat();
}

function told(error: TripodError | TripodErrors, json = false): string {
  const stderr = new Recorder();
  printFailure(error, { stderr, env: { FORCE_COLOR: "1" } }, { json, debug: true });
  return stderr.text;
}

const failure = new TripodError("E_UNREACHABLE", HOSTILE, { host: HOSTILE, why: HOSTILE, hint: HOSTILE });
const several = new TripodErrors([failure, failure], HOSTILE);
const mistakes = inventoryErrors(
  [{ origin: { file: HOSTILE, line: 1, column: 3 }, message: HOSTILE, hint: HOSTILE }],
  `${HOSTILE}\n${HOSTILE}`,
  HOSTILE,
);
const run = report(hostile(failedBootstrap));
const drilled = Object.values(DRILLS).flatMap((events) => drillReportOf(hostile(events)) ?? []);

const PRINTERS: Readonly<Record<string, () => string>> = {
  "an error": () => failure.explain(),
  "several errors": () => several.explain(),
  "mistakes in an inventory": () => mistakes.explain(),
  "a failed command": () => told(failure),
  "a failed command, as JSON": () => told(failure, true),
  "a bug": () => told(new TripodError("E_INTERNAL", HOSTILE, { why: HOSTILE })),
  "the log of an apply": () => shown("apply", false),
  "a plan with its diffs": () => shown("plan", false),
  "events as JSON": () => shown("apply", true),
  "the log of a drill": () => drillShown(false),
  "a drill's events as JSON": () => drillShown(true),
  "a report": () => reportDetails(run),
  "a report as JSON": () => reportJson(run),
  "a report for CI": () => reportJunit(run),
  "a report as a page": () => reportHtml(run),
  "a drill's report": () => drilled.map(drillText).join(""),
  "a drill's report as JSON": () => drilled.map(drillJson).join(""),
  "a drill's report for CI": () => drilled.map(drillJunit).join(""),
  "a drill's report as a page": () => drilled.map(drillHtml).join(""),
  "whatever else is written": () => {
    const out = new Recorder();
    guarded(out).write(`\u001B[32mok\u001B[39m ${HOSTILE} ${reportText(run)}`);
    return out.text;
  },
};

test.each(Object.entries(PRINTERS))(
  "%s: nothing that a host or a peer returns steers the operator's terminal",
  (_, print) => {
    const text = print();
    expect(text).toContain("no\\u001b]0;mine");
    expect(steering(text)).toEqual([]);
  },
);

test.each(["an error", "several errors", "a failed command"])(
  "%s: output of a host cannot pass for a line of Tripod",
  (name) => {
    const text = stripVTControlCharacters(PRINTERS[name]?.() ?? "");
    expect(text).toContain("✔ apply done");
    expect(text).not.toMatch(/^✔/m);
  },
);

test("only the tree itself moves the cursor, never the text it shows", async () => {
  const surface = recordingSurface({ terminal: { rows: 40, columns: 400 } });
  const outputs = { ...surface, stdout: guarded(surface.stdout), stderr: guarded(surface.stderr) };
  const screen = screenFor(outputs, { json: false, mode: "apply" });
  hostile(failedBootstrap).forEach(screen.sink);
  await screen.finish();
  expect(surface.stdout.text).toContain("w1: no\\u001b]0;mine");
  // eslint-disable-next-line no-control-regex -- the pattern matches them
  expect(surface.stdout.text).not.toMatch(/\u001B\]|\u001B\[2J|\u001B\[8m|[\u0080-\u009F\u200B\u2028\u202E]/);
});

test("Tripod's own colours pass, and the process's streams are guarded", () => {
  const out = new Recorder();
  guarded(out).write("\u001B[32mok\u001B[39m");
  expect(out.text).toBe("\u001B[32mok\u001B[39m");
  const io = processIo({ signal: new AbortController().signal, handOver: () => () => undefined }, process.stdout);
  expect(io.stdout.beneath).toBe(process.stdout);
  expect(io.stderr.beneath).toBe(process.stderr);
});

test("the guard does not change the log of a bootstrap", () => {
  const [plainly, carefully] = [false, true].map((careful) => {
    const surface = recordingSurface({ env: { FORCE_COLOR: "1" } });
    const stdout = careful ? guarded(surface.stdout) : surface.stdout;
    bootstrap.forEach(screenFor({ ...surface, stdout }, { json: false, mode: "apply" }).sink);
    return surface.stdout.text;
  });
  expect(carefully).toBe(plainly);
});

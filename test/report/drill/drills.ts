import type { DrillEvent } from "../../../src/drills/events.ts";
import { type DrillReport, drillReportOf } from "../../../src/report/drill/index.ts";
import { HOSTILE } from "../../support/reports.ts";
import { apiServerHolder, clock, EVERYTHING, latency, powerHolder, quorum, textbook } from "./simulated-scenarios.ts";
import { simulated } from "./simulated.ts";

export function drillReport(events: readonly DrillEvent[]): DrillReport {
  const report = drillReportOf(events);
  if (!report) throw new Error("a simulated drill begins with drill.start");
  return report;
}

/** One of everything. */
export const everything = simulated(EVERYTHING);

/** Small enough to be read as a golden file. */
export const short = simulated([powerHolder(880), textbook, latency]);

export const fine = simulated([apiServerHolder, powerHolder(760), clock]);

/** Every kind of drill: finished, killed while it ran, killed before it broke anything, hostile. */
export const DRILLS: Readonly<Record<string, readonly DrillEvent[]>> = {
  "drill of everything": everything,
  "short drill": short,
  "fine drill": fine,
  "killed drill": everything.slice(0, everything.findIndex(({ type }) => type === "restore") + 1),
  "drill killed at once": everything.slice(0, 1),
  "drill that was stopped": stopped(fine),
  "drill without requests": fine.filter(({ type }) => type !== "probe.samples"),
  "drill of skipped scenarios": simulated([latency, clock]),
  "drill without a leader or a holder": simulated([quorum]).filter(({ type }) => type !== "vip" && type !== "etcd"),
  "hostile drill": hostile(everything),
};

/** The same drill, stopped in its last scenario. */
function stopped(events: readonly DrillEvent[]): DrillEvent[] {
  return events.map((event) =>
    event.type === "drill.end" || (event.type === "scenario.end" && event.scenario === 2)
      ? { ...event, outcome: "cancelled" }
      : event,
  );
}

/** The same drill, with every text that comes from a host or a person replaced; `2` is the index of a sample's error. */
function hostile(events: readonly DrillEvent[]): DrillEvent[] {
  const chosen = [
    "cluster",
    "title",
    "what",
    "from",
    "vip",
    "reason",
    "condition",
    "message",
    "why",
    "hint",
    "etcd",
    "2",
  ];
  return JSON.parse(
    JSON.stringify(events, (key, value: unknown) =>
      typeof value === "string" && chosen.includes(key) ? `${value}\n-${HOSTILE}` : value,
    ),
  ) as DrillEvent[];
}

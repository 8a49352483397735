import type { ProbeInfo, ProbeName } from "../../drills/events.ts";
import { lengthText } from "../../drills/length.ts";
import type { DrillReport, LedgerTotals } from "./report.ts";
import type { ScenarioReport } from "./scenario.ts";

/** Short names of what clients do, for lanes and columns. */
export const PROBE_LABELS: Readonly<Record<ProbeName, string>> = {
  vip: "VIP",
  apiLive: "API /livez",
  apiRead: "API read",
  apiWrite: "API write",
  watch: "watch",
  service: "Service",
  nodePort: "NodePort",
};

const OUTCOMES: Readonly<Record<ScenarioReport["outcome"], string>> = {
  ok: "within limits",
  breach: "beyond limits",
  failed: "failed",
  cancelled: "cancelled",
  unfinished: "not finished",
};

/** How a scenario ended, in two words. */
export function outcomeText({ outcome, stops }: Pick<ScenarioReport, "outcome" | "stops">): string {
  return stops && outcome === "ok" ? "stopped cleanly" : OUTCOMES[outcome];
}

/** `read through the VIP (operator)` */
export function probeText({ title, from }: ProbeInfo): string {
  return `${title} (${from})`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `10 scenarios, 7 within their limits, 2 not, 1 failed, 2 skipped` */
export function countsText({ scenarios, skipped, notBegun }: DrillReport): string {
  const ended = (outcome: ScenarioReport["outcome"]) => scenarios.filter((each) => each.outcome === outcome).length;
  const others: readonly [count: number, said: string][] = [
    [ended("breach"), "not"],
    [ended("failed"), "failed"],
    [ended("cancelled"), "cancelled"],
    [ended("unfinished"), "not finished"],
    [skipped.length, "skipped"],
    [notBegun.length, "not begun"],
  ];
  return [
    counted(scenarios.length, "scenario"),
    `${ended("ok")} within ${ended("ok") === 1 ? "its" : "their"} limits`,
    ...others.flatMap(([count, said]) => (count > 0 ? `${count} ${said}` : [])),
  ].join(", ");
}

/** `0 of 12345 acknowledged writes lost` */
export function lossesText({ lost, outOfOrder, unseen, acknowledged }: LedgerTotals): string {
  return [
    `${lost} of ${counted(acknowledged, "acknowledged write")} lost`,
    ...(outOfOrder > 0 ? [`${outOfOrder} out of order`] : []),
    ...(unseen > 0 ? [`${unseen} never told by the watch`] : []),
  ].join(", ");
}

/** How it was measured: what a reader has to know to believe a number, or to doubt it. */
export function methodText({ interval, timeout, probes, vip, scenarios }: DrillReport): string[] {
  const silent = scenarios.some((scenario) => scenario.probes.some(({ silences }) => silences.length > 0));
  return [
    `Clients asked every ${interval} ms, each time over a fresh connection and without waiting for earlier answers, from ${vantages(probes)}. Whatever goes through the VIP goes to ${vip}. A request that is not answered as it should be within ${lengthText(timeout)} has failed; one that is answered in time is good, however slow it was.`,
    "An outage begins when the first request that failed is sent, not when its failure is noticed, and ends with the next good answer to anybody. Within it the dark time is the longest stretch without any good answer; in the rest, the tail, some requests are answered and some are not. Outages less than a second apart count as one. A limit is held against the whole outage. Lengths are rounded up.",
    `No outage shorter than ${interval} ms can be told from none. Times of the VIP and of etcd's leader are those at which the masters said so, over connections of their own.`,
    "Every write is an object with a running number, made once and never repeated. After each scenario all of them are looked for: one that was acknowledged has to be there, no older than those acknowledged before it began, and told by the watch. One that was not acknowledged may be there or not. The watch is a client that loses patience after the timeout and asks again from where it stood.",
    ...(silent ? ["Where a lane is interrupted nobody asked: an outage could hide there."] : []),
  ];
}

/** The same in a line. */
export function methodLine({ interval, timeout, probes }: DrillReport): string {
  return `measured every ${interval} ms over fresh connections from ${vantages(probes)}, timeout ${lengthText(timeout)}; from the sending of the first request that failed to the next good answer, rounded up`;
}

function vantages(probes: readonly ProbeInfo[]): string {
  return [...new Set(probes.map(({ from }) => from))]
    .map((from) => (from === "operator" ? "the operator's machine" : from))
    .join(" and from ");
}

/** `timeout × 12, refused × 3`, the most frequent first. */
export function kindsText(kinds: Readonly<Record<string, number>>): string {
  return Object.entries(kinds)
    .toSorted(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${kind}\u00A0×\u00A0${count}`)
    .join(", ");
}

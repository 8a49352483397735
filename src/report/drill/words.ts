import type { ProbeInfo, ProbeName } from "../../drills/events.ts";
import { lengthText } from "../../drills/length.ts";
import type { DrillReport, LedgerTotals } from "./report.ts";
import type { ScenarioReport } from "./scenario.ts";

/** Short names of probes, for lanes and columns. */
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

/** `10 scenarios (7 within limits, 2 beyond limits, 1 failed, 2 skipped)` */
export function countsText({ scenarios, skipped, notBegun }: DrillReport): string {
  const ended = (outcome: ScenarioReport["outcome"]) => scenarios.filter((each) => each.outcome === outcome).length;
  const others: readonly [count: number, words: string][] = [
    [ended("breach"), "beyond limits"],
    [ended("failed"), "failed"],
    [ended("cancelled"), "cancelled"],
    [ended("unfinished"), "not finished"],
    [skipped.length, "skipped"],
    [notBegun.length, "not started"],
  ];
  const counts = [
    `${ended("ok")} within limits`,
    ...others.flatMap(([count, words]) => (count > 0 ? `${count} ${words}` : [])),
  ];
  return `${counted(scenarios.length, "scenario")} (${counts.join(", ")})`;
}

/** `0 of 12345 acknowledged writes lost` */
export function lossesText({ lost, outOfOrder, unseen, acknowledged }: LedgerTotals): string {
  return [
    `${lost} of ${counted(acknowledged, "acknowledged write")} lost`,
    ...(outOfOrder > 0 ? [`${outOfOrder} out of order`] : []),
    ...(unseen > 0 ? [`${unseen} never reported by the watch`] : []),
  ].join(", ");
}

/** How it was measured: what a reader has to know to judge the numbers. */
export function methodText({ interval, timeout, probes, vip, scenarios }: DrillReport): string[] {
  const silent = scenarios.some((scenario) => scenario.probes.some(({ silences }) => silences.length > 0));
  return [
    `Each client sent a request every ${interval} ms, over a fresh connection and without waiting for earlier answers, from ${vantages(probes)}. The VIP is ${vip}. A request fails if it is not answered correctly within ${lengthText(timeout)}; a slower answer within that time counts as good.`,
    "An outage begins when the first failed request is sent, not when its failure is noticed, and ends with the first good answer after the last failure. The total outage is the longest time within it without any good answer. In the rest, the partial outage, some requests are answered and others are not. Outages less than a second apart count as one. Limits apply to the whole outage. Lengths are rounded up.",
    `Outages shorter than ${interval} ms cannot be detected. The times of the VIP holder and of the etcd leader are those at which the masters reported them, over separate connections.`,
    "Every write is an object with a running number, sent once and never repeated. After each scenario all of them are listed: an acknowledged write has to be present, with a higher revision than writes that were acknowledged before it was sent, and reported by the watch. A write that was not acknowledged may be present or not. The watch starts again from its last version if a write is not reported within the timeout.",
    ...(silent ? ["Where a lane has a gap no request was sent: an outage there would be missed."] : []),
  ];
}

/** The same in a line. */
export function methodLine({ interval, timeout, probes }: DrillReport): string {
  return `measured every ${interval} ms over fresh connections from ${vantages(probes)}, timeout ${lengthText(timeout)}; outages last from the sending of the first failed request to the first good answer after the last failure, rounded up`;
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

import type { DrillEvent, LedgerResult, Limits, ProbeInfo } from "./events.ts";
import { clipped, holdersOf, type Overlap, overlapsOf } from "./holders.ts";
import { lengthText } from "./length.ts";
import { lengthOf, type Measured, measure, silences, type Span } from "./outages.ts";
import { attemptsByProbe, type ScenarioWindow, windowOf } from "./window.ts";

/** What was measured in one scenario, compared with its limits. Times are ms since the epoch, lengths ms. */
export interface ScenarioVerdict extends Span {
  readonly probes: readonly ProbeVerdict[];
  /** Times in which two masters held the VIP at once, also those that are not judged. */
  readonly twoHolders: readonly Overlap[];
  /** The longest of these that is judged; 0 where there is none. */
  readonly twoHoldersJudged: number;
  readonly twoHoldersLimit: number;
  /** Undefined where the ledger was not audited. */
  readonly ledger: LedgerResult | undefined;
  /** A sentence for each breach: of the VIP holders, of the ledger, and all of them. */
  readonly holderBreaches: readonly string[];
  readonly ledgerBreaches: readonly string[];
  readonly breaches: readonly string[];
}

export interface ProbeVerdict {
  readonly probe: ProbeInfo;
  /** Just before the disruption. */
  readonly before: Measured;
  readonly measured: Measured;
  /** Times in which this probe sent no request: an outage there would be missed. */
  readonly silences: readonly Span[];
  /** The longest outage that is allowed. */
  readonly limit: number;
  /** Whether an outage beyond the limit is a breach: not where a scenario stops reads and writes. */
  readonly judged: boolean;
  /** The breach: `read through the VIP (operator): outage of 2.6 s, limit 2 s` */
  readonly breach: string | undefined;
}

/**
 * What a scenario measured, as far as its events show. Events after the scenario's end are ignored, so the result is the same right before
 * that end and in a report.
 * @throws Error where the events contain no such scenario: a mistake of the caller
 */
export function verdictOf(events: readonly DrillEvent[], scenario: number): ScenarioVerdict {
  const drill = events.find((event) => event.type === "drill.start");
  const window = windowOf(events, scenario);
  if (!drill || !window) throw new Error(`the events contain no start of scenario ${scenario}`);
  const limits: Limits = { ...drill.limits, ...window.start.limits };
  const attempts = attemptsByProbe(window.emitted);
  const silent = Math.max(1000, 5 * drill.interval);
  const probes = drill.probes.map((probe): ProbeVerdict => {
    const all = attempts.get(probe.id) ?? [];
    const before = all.filter(({ from }) => from >= window.before.from && from < window.before.to);
    const during = all.filter(({ from }) => from >= window.from && from <= window.to);
    const measured = measure(during, window.to);
    const [limit, judged] = [limits[probe.name], !window.start.stops];
    return {
      probe,
      before: measure(before, window.before.to),
      measured,
      silences: silences(during, window, silent),
      limit,
      judged,
      breach: judged ? probeBreach(probe, measured, limit) : undefined,
    };
  });
  const twoHolders = overlapsOf(holdersOf(window.emitted, window));
  const judgedSpans = twoHolders.flatMap((span) => judgedParts(span, window).map((part) => ({ ...span, ...part })));
  const ledger = window.events.findLast((event) => event.type === "ledger")?.result;
  const holderBreaches = breachesOfHolders(judgedSpans, limits.twoHolders);
  const ledgerBreaches = ledger ? breachesOfLedger(ledger) : [];
  return {
    from: window.from,
    to: window.to,
    probes,
    twoHolders,
    twoHoldersJudged: Math.max(0, ...judgedSpans.map(lengthOf)),
    twoHoldersLimit: limits.twoHolders,
    ledger,
    holderBreaches,
    ledgerBreaches,
    breaches: [...probes.flatMap(({ breach }) => breach ?? []), ...holderBreaches, ...ledgerBreaches],
  };
}

function probeBreach({ title, from }: ProbeInfo, { asked, outages, longest }: Measured, limit: number) {
  const who = `${title} (${from})`;
  if (asked === 0) return `${who}: was not measured`;
  if (longest <= limit) return undefined;
  const open = outages.some((outage) => outage.open && lengthOf(outage) === longest);
  return `${who}: outage of ${lengthText(longest)}${open ? ", not over yet" : ""}, limit ${lengthText(limit)}`;
}

/** Masters that cannot reach each other both take the VIP. That is judged only before the partition and after it. */
function judgedParts(span: Span, { start, events, from, to }: ScenarioWindow): Span[] {
  if (!start.divides) return [span];
  const divided = events.find(({ type }) => type === "disrupt")?.at ?? to;
  const joined = events.find(({ type }) => type === "restored")?.at ?? to;
  return [...clipped(span, { from, to: divided }), ...clipped(span, { from: joined, to })];
}

function breachesOfHolders(spans: readonly Overlap[], limit: number): string[] {
  return spans
    .filter((span) => lengthOf(span) > limit)
    .map(
      (span) =>
        `${span.hosts.join(" and ")} held the VIP at once for ${lengthText(lengthOf(span))}, limit ${lengthText(limit)}`,
    );
}

/** These have no limit: every single one is a breach. */
function breachesOfLedger({ lost, outOfOrder, unseen, acknowledged }: LedgerResult): string[] {
  return [
    ...(lost.length > 0 ? [`${lost.length} of ${acknowledged} acknowledged writes lost: ${listed(lost)}`] : []),
    ...(outOfOrder.length > 0
      ? [`${outOfOrder.length} of ${acknowledged} acknowledged writes out of order: ${listed(outOfOrder)}`]
      : []),
    ...(unseen.length > 0
      ? [`${unseen.length} of ${acknowledged} acknowledged writes never reported by the watch: ${listed(unseen)}`]
      : []),
  ];
}

/** The first ten. */
function listed(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).join(", ");
  return numbers.length > 10 ? `${shown} and ${numbers.length - 10} more` : shown;
}

import type { LedgerResult } from "../../../drills/events.ts";
import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Outage, type Span } from "../../../drills/outages.ts";
import type { ProbeVerdict } from "../../../drills/verdict.ts";
import type { ErrorRecord } from "../../../engine/events.ts";
import { formatDuration } from "../../duration.ts";
import { programOutput } from "../../html/program-output.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { Wait } from "../../waits.ts";
import type { DrillReport } from "../report.ts";
import type { ScenarioReport } from "../scenario.ts";
import { counted, kindsText, outcomeText } from "../words.ts";
import { closeUp, wholeView } from "./canvas.ts";
import { lengthCell, roundText, sign } from "./tables.ts";
import { scenarioTimeline } from "./timeline.ts";

/** One scenario: what was done, its timeline, the outages of each client, and the recovery. */
export function scenarioSection(report: DrillReport, scenario: ScenarioReport): Markup {
  const { scenario: number, name, title, outcome, breaches, errors, probes } = scenario;
  const [first] = report.scenarios;
  const near = closeUp(scenario);
  return markup`<section class="scenario" id="s${number}">
<h2>${title}${roundText(scenario, report.scenarios)} <span class="outcome ${outcome}">${sign(outcome)}${outcomeText(scenario)}</span></h2>
<p class="note">${doneText(scenario)} <span class="small">${name}</span></p>
${breaches.length + errors.length > 0 && markup`<div class="failure">${findings(scenario)}</div>`}
${wide("Timeline", scenarioTimeline(scenario, probes, report.masters, wholeView(scenario)))}
${scenario === first && legend(report)}${
    near &&
    markup`<p class="close-up">Close-up of the disruption: ${formatDuration(lengthOf(near))}, affected clients only</p>
${wide("Close-up", scenarioTimeline(scenario, affected(probes, near), report.masters, near, "Close-up"))}`
  }
${probesTable(scenario)}
${courseList(scenario)}
</section>`;
}

function affected(probes: ScenarioReport["probes"], near: Span): ScenarioReport["probes"] {
  return probes.filter(({ measured }) => measured.outages.some(({ from, to }) => to > near.from && from < near.to));
}

/** `power of m1 cut for 10 s; the cluster recovered 21 s after it was restored.` */
function doneText({ what, times, stops, stays }: ScenarioReport): string {
  const { disrupt, restore, restored, whole } = times;
  if (stays) return changeText(what, times);
  const lasted = disrupt !== undefined && restore !== undefined ? ` for ${formatDuration(restore - disrupt)}` : "";
  const end =
    whole !== undefined && restored !== undefined
      ? `; the cluster recovered ${formatDuration(whole - restored)} after it was restored`
      : restored === undefined
        ? "; the record does not show that it was restored"
        : "; it was restored, but the cluster did not recover";
  const meant = stops ? " Reads and writes are expected to stop: for how long is measured, but not judged." : "";
  return disrupt === undefined ? `Not started: ${what}.` : `${what}${lasted}${end}.${meant}`;
}

/** `prod-next.yaml is applied, in 12 s; 2 s later the cluster was healthy.` */
function changeText(what: string, { disrupt, restored, whole }: ScenarioReport["times"]): string {
  if (disrupt === undefined) return `Not started: ${what}.`;
  if (restored === undefined) return `${what}; the record does not show its end.`;
  const took = `${what}, in ${formatDuration(restored - disrupt)}`;
  return whole === undefined
    ? `${took}; the cluster was not healthy after it.`
    : `${took}; ${formatDuration(whole - restored)} later the cluster was healthy.`;
}

/** The breaches and errors of a scenario. */
export function findings({ breaches, errors }: ScenarioReport): Markup {
  return markup`${breaches.length > 0 && markup`<ul>${breaches.map((breach) => markup`<li>${breach}</li>`)}</ul>`}${errors.map(errorMarkup)}`;
}

function errorMarkup({ message, code, host, why, hint }: ErrorRecord): Markup {
  return markup`<p>${host !== undefined && markup`${host}: `}${message} <span class="note">${code}</span></p>
${why && programOutput(why)}${hint && markup`<p class="todo">→ ${hint}</p>`}`;
}

/** How to read the timelines, the same for all of them. */
function legend({ masters, scenarios }: DrillReport): Markup {
  const silent = scenarios.some(({ probes }) => probes.some(({ silences }) => silences.length > 0));
  const entries: readonly (readonly [swatch: string, text: string, shown: boolean])[] = [
    ["calm", "answered", true],
    ["dark", "total outage: no request answered", true],
    ["tail", "partial outage: some requests answered", true],
    ["broken", "disruption in force", true],
    ["nobody", "no VIP holder, no etcd leader", true],
    ["", "no line: no requests", silent],
    ...masters.map((master, index) => [`h${index % 7}`, master, true] as const),
  ];
  return markup`<ul class="legend">${entries.map(
    ([swatch, text, shown]) =>
      shown && markup`<li>${swatch !== "" && markup`<span class="swatch ${swatch}"></span>`}${text}</li>`,
  )}</ul>`;
}

/** So many outages of a client are listed. */
const OUTAGES_SHOWN = 4;

/** The outages of each client and their limits. */
function probesTable({ probes, twoHolders, twoHoldersJudged, twoHoldersLimit, ...scenario }: ScenarioReport): Markup {
  const zero = scenario.times.disrupt ?? scenario.from;
  const table = markup`<table>
<thead><tr><th scope="col">Client</th><th scope="col">From</th><th scope="col" class="number">Outage</th><th scope="col" class="number">Limit</th><th scope="col" class="number">Total</th><th scope="col" class="number">Partial</th><th scope="col" class="number">Failed requests</th><th scope="col" class="optional">Outages</th><th scope="col" class="number optional">Latency p50 / p99</th></tr></thead>
<tbody>${probes.map((each) => probeRow(each, zero))}
<tr${twoHoldersJudged === 0 && markup` class="quiet"`}><td>two VIP holders</td><td></td>${lengthCell(twoHoldersJudged, twoHoldersJudged > twoHoldersLimit)}<td class="number">${lengthText(twoHoldersLimit)}</td><td></td><td></td><td></td><td class="optional small">${twoHolders.slice(0, 4).map((span) => markup`<div>from ${since(span.from, zero)} for ${lengthText(lengthOf(span))}: ${span.hosts.join(", ")}</div>`)}${scenario.divides && markup`<div>not judged while the masters are partitioned</div>`}</td><td class="optional"></td></tr>
</tbody></table>`;
  return wide("Outages of each client", table);
}

function probeRow({ probe, measured, before, limit, judged, breach }: ProbeVerdict, zero: number): Markup {
  const { asked, failed, longest, dark, tail, outages } = measured;
  return markup`
<tr${failed === 0 && markup` class="quiet"`}><td class="client">${probe.title}</td><td>${probe.from}</td>${lengthCell(asked === 0 ? undefined : longest, breach !== undefined)}<td class="number">${judged ? lengthText(limit) : markup`<span class="none">not judged</span>`}</td>${lengthCell(dark, false)}${lengthCell(tail, false)}<td class="number">${failed} of ${asked}</td><td class="optional small">${longestOf(outages).map((outage) => markup`<div>${outageText(outage, zero, outages.length > 1)}</div>`)}${outages.length > OUTAGES_SHOWN && markup`<div>and ${outages.length - OUTAGES_SHOWN} shorter</div>`}</td><td class="number optional small">${latencyText(before)} → ${latencyText(measured)} ms</td></tr>`;
}

/** The longest, in order of time. */
function longestOf(outages: readonly Outage[]): Outage[] {
  const longest = outages.toSorted((one, other) => lengthOf(other) - lengthOf(one)).slice(0, OUTAGES_SHOWN);
  return longest.toSorted((one, other) => one.from - other.from);
}

/** `from 0.02 s: timeout × 17`, and its length where there are several. */
function outageText(outage: Outage, zero: number, several: boolean): string {
  return `from ${since(outage.from, zero)}${several ? ` for ${lengthText(lengthOf(outage))}` : ""}${outage.open ? ", not over" : ""}: ${kindsText(outage.kinds)}`;
}

/** Counted from the disruption. */
function since(at: number, zero: number): string {
  return at < zero ? `−${lengthText(zero - at)}` : lengthText(at - zero);
}

/** Median and 99th percentile, ms. */
function latencyText({ latency }: ProbeVerdict["measured"]): string {
  return latency ? `${Math.round(latency.p50)} / ${Math.round(latency.p99)}` : "?";
}

/** The bands as text: VIP holders and etcd leaders; the result of the ledger; the conditions that Tripod waited for. */
function courseList(scenario: ScenarioReport): Markup {
  const { holders, nobody, leaders, leaderless, termChanges, ledger, waits, times, from: begin, to: end } = scenario;
  const zero = times.disrupt ?? begin;
  const when = ({ from, to }: Span) =>
    `${from > zero ? ` from ${lengthText(from - zero)}` : ""}${to < end && to > zero ? ` to ${lengthText(to - zero)}` : ""}`;
  const none = nobody.reduce((sum, span) => sum + lengthOf(span), 0);
  const missed = waits.filter(({ reasons }) => reasons.length > 0);
  return markup`<ul class="course">
<li><b>VIP</b>: ${holders.map((held) => `${held.host}${when(held)}`).join(", ") || (nobody.length > 0 ? "no holder" : "unknown")}${none > 0 && `; no holder for ${lengthText(none)}`}</li>
<li><b>etcd</b>: ${leaders.map((led) => `${led.host}${when(led)}${led.term === undefined ? "" : ` (term ${led.term})`}`).join(", ") || (leaderless.length > 0 ? "no leader" : "unknown")}; ${counted(termChanges, "election")}</li>
<li><b>Ledger</b>: ${ledger ? ledgerText(ledger) : "not audited"}</li>
</ul>${missed.length > 0 && waitsDetails(missed, zero)}`;
}

function ledgerText({ attempted, acknowledged, unacknowledgedThere, lost, outOfOrder, unseen }: LedgerResult): string {
  const faults = [
    ...(lost.length > 0 ? [`${lost.length} lost`] : []),
    ...(outOfOrder.length > 0 ? [`${outOfOrder.length} out of order`] : []),
    ...(unseen.length > 0 ? [`${unseen.length} never reported by the watch`] : []),
  ];
  const result = faults.length > 0 ? faults.join(", ") : "all present, in order, and reported by the watch";
  const more = unacknowledgedThere > 0 ? `; ${unacknowledgedThere} more present without acknowledgement` : "";
  return `${counted(attempted, "write")}, ${acknowledged} acknowledged: ${result}${more}`;
}

function waitsDetails(waits: readonly Wait[], zero: number): Markup {
  return markup`<details class="waits"><summary>Waits</summary>
${wide(
  "Waits",
  markup`<table>
<thead><tr><th scope="col">Condition</th><th scope="col">What was missing</th><th scope="col" class="number">From</th><th scope="col" class="number">Waited</th></tr></thead>
<tbody>${waits.map(
    ({ condition, reasons, met, start, end }) => markup`
<tr><td>${condition}${!met && markup` <span class="outcome failed">not met</span>`}</td><td><ul class="reasons">${reasons.map(({ reason, ms }) => markup`<li>${reason} <span class="took">${formatDuration(ms)}</span></li>`)}</ul></td><td class="number">${start < zero ? "before" : formatDuration(start - zero)}</td><td class="number">${formatDuration(end - start)}</td></tr>`,
  )}
</tbody></table>`,
)}</details>`;
}

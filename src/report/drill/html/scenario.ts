import type { LedgerResult } from "../../../drills/events.ts";
import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Outage, type Span } from "../../../drills/outages.ts";
import type { ProbeVerdict } from "../../../drills/verdict.ts";
import type { ErrorRecord } from "../../../engine/events.ts";
import { duration } from "../../duration.ts";
import { programSaid } from "../../html/said.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { Wait } from "../../waits.ts";
import type { DrillReport } from "../report.ts";
import type { ScenarioReport } from "../scenario.ts";
import { counted, kindsText, outcomeText } from "../words.ts";
import { closeUp, wholeView } from "./canvas.ts";
import { lengthCell, roundText, sign } from "./tables.ts";
import { timelineSvg } from "./timeline.ts";

/** One scenario: what was done, the picture of it, what each client felt, and how it came back. */
export function scenarioSection(report: DrillReport, scenario: ScenarioReport): Markup {
  const { scenario: number, name, title, outcome, breaches, errors, probes } = scenario;
  const [first] = report.scenarios;
  const near = closeUp(scenario);
  return markup`<section class="scenario" id="s${number}">
<h2>${title}${roundText(scenario, report.scenarios)} <span class="outcome ${outcome}">${sign(outcome)}${outcomeText(scenario)}</span></h2>
<p class="note">${doneText(scenario)} <span class="small">${name}</span></p>
${breaches.length + errors.length > 0 && markup`<div class="failure">${findings(scenario)}</div>`}
${wide("Timeline", timelineSvg(scenario, probes, report.masters, wholeView(scenario)))}
${scenario === first && legend(report)}${
    near &&
    markup`<p class="close-up">Close-up of the disruption: ${duration(lengthOf(near))}, and who was disturbed then</p>
${wide("Close-up", timelineSvg(scenario, disturbed(probes, near), report.masters, near, "Close-up"))}`
  }
${probesTable(scenario)}
${courseList(scenario)}
</section>`;
}

function disturbed(probes: ScenarioReport["probes"], near: Span): ScenarioReport["probes"] {
  return probes.filter(({ measured }) => measured.outages.some(({ from, to }) => to > near.from && from < near.to));
}

/** `power of m1 cut for 10 s; 21 s after it was put right everything was as before.` */
function doneText({ what, times, stops, stays }: ScenarioReport): string {
  const { disrupt, restore, restored, whole } = times;
  if (stays) return changeText(what, times);
  const lasted = disrupt !== undefined && restore !== undefined ? ` for ${duration(restore - disrupt)}` : "";
  const end =
    whole !== undefined && restored !== undefined
      ? `; ${duration(whole - restored)} after it was put right everything was as before`
      : restored === undefined
        ? "; that it was put right is not told"
        : "; it was put right, but not everything was as before";
  const meant = stops
    ? " Reads and writes are meant to stop: how long they did is measured, and judged by nobody."
    : "";
  return disrupt === undefined ? `It was not begun: ${what}.` : `${what}${lasted}${end}.${meant}`;
}

/** `prod-next.yaml was applied in 12 s; 2 s later everything was as it should be.` */
function changeText(what: string, { disrupt, restored, whole }: ScenarioReport["times"]): string {
  if (disrupt === undefined) return `It was not begun: ${what}.`;
  if (restored === undefined) return `${what}; that it came to an end is not told.`;
  const took = `${what}, in ${duration(restored - disrupt)}`;
  return whole === undefined
    ? `${took}; not everything was as it should be after it.`
    : `${took}; ${duration(whole - restored)} later everything was as it should be.`;
}

/** What was wrong in a scenario. */
export function findings({ breaches, errors }: ScenarioReport): Markup {
  return markup`${breaches.length > 0 && markup`<ul>${breaches.map((breach) => markup`<li>${breach}</li>`)}</ul>`}${errors.map(errorMarkup)}`;
}

function errorMarkup({ message, code, host, why, hint }: ErrorRecord): Markup {
  return markup`<p>${host !== undefined && markup`${host}: `}${message} <span class="note">${code}</span></p>
${why && programSaid(why)}${hint && markup`<p class="todo">→ ${hint}</p>`}`;
}

/** How to read the pictures, the same for all of them. */
function legend({ masters, scenarios }: DrillReport): Markup {
  const silent = scenarios.some(({ probes }) => probes.some(({ silences }) => silences.length > 0));
  const entries: readonly (readonly [swatch: string, said: string, shown: boolean])[] = [
    ["calm", "answered", true],
    ["dark", "dark: nobody was answered", true],
    ["tail", "tail: some were answered", true],
    ["broken", "the disruption is in force", true],
    ["nobody", "nobody holds it, nobody leads", true],
    ["", "no line: nobody asked", silent],
    ...masters.map((master, index) => [`h${index % 7}`, master, true] as const),
  ];
  return markup`<ul class="legend">${entries.map(
    ([swatch, said, shown]) =>
      shown && markup`<li>${swatch !== "" && markup`<span class="swatch ${swatch}"></span>`}${said}</li>`,
  )}</ul>`;
}

/** So many outages of a client are told one by one. */
const OUTAGES_SHOWN = 4;

/** What each client felt against what is allowed. */
function probesTable({ probes, twoHolders, twoHoldersJudged, twoHoldersLimit, ...scenario }: ScenarioReport): Markup {
  const zero = scenario.times.disrupt ?? scenario.from;
  const table = markup`<table>
<thead><tr><th scope="col">Client</th><th scope="col">From</th><th scope="col" class="number">Out</th><th scope="col" class="number">Allowed</th><th scope="col" class="number">Dark</th><th scope="col" class="number">Tail</th><th scope="col" class="number">Failed of asked</th><th scope="col" class="optional">Outages</th><th scope="col" class="number optional">Answers p50 / p99</th></tr></thead>
<tbody>${probes.map((each) => probeRow(each, zero))}
<tr${twoHoldersJudged === 0 && markup` class="quiet"`}><td>two holders of the VIP</td><td></td>${lengthCell(twoHoldersJudged, twoHoldersJudged > twoHoldersLimit)}<td class="number">${lengthText(twoHoldersLimit)}</td><td></td><td></td><td></td><td class="optional small">${twoHolders.slice(0, 4).map((span) => markup`<div>from ${since(span.from, zero)} for ${lengthText(lengthOf(span))}: ${span.hosts.join(", ")}</div>`)}${scenario.divides && markup`<div>not judged while the masters are divided</div>`}</td><td class="optional"></td></tr>
</tbody></table>`;
  return wide("What each client felt", table);
}

function probeRow({ probe, measured, before, limit, judged, breach }: ProbeVerdict, zero: number): Markup {
  const { asked, failed, longest, dark, tail, outages } = measured;
  return markup`
<tr${failed === 0 && markup` class="quiet"`}><td class="client">${probe.title}</td><td>${probe.from}</td>${lengthCell(asked === 0 ? undefined : longest, breach !== undefined)}<td class="number">${judged ? lengthText(limit) : markup`<span class="none">not judged</span>`}</td>${lengthCell(dark, false)}${lengthCell(tail, false)}<td class="number">${failed} of ${asked}</td><td class="optional small">${longestOf(outages).map((outage) => markup`<div>${outageText(outage, zero, outages.length > 1)}</div>`)}${outages.length > OUTAGES_SHOWN && markup`<div>and ${outages.length - OUTAGES_SHOWN} shorter</div>`}</td><td class="number optional small">${latencyText(before)} → ${latencyText(measured)} ms</td></tr>`;
}

/** The longest, in the order in which they came. */
function longestOf(outages: readonly Outage[]): Outage[] {
  const longest = outages.toSorted((one, other) => lengthOf(other) - lengthOf(one)).slice(0, OUTAGES_SHOWN);
  return longest.toSorted((one, other) => one.from - other.from);
}

/** `from 0.02 s: timeout × 17`, and its length where there are several. */
function outageText(outage: Outage, zero: number, several: boolean): string {
  return `from ${since(outage.from, zero)}${several ? ` for ${lengthText(lengthOf(outage))}` : ""}${outage.open ? ", not back" : ""}: ${kindsText(outage.kinds)}`;
}

/** Counted from the disruption. */
function since(at: number, zero: number): string {
  return at < zero ? `−${lengthText(zero - at)}` : lengthText(at - zero);
}

/** Half of the answers took as long as the first at most, 99 of 100 as long as the second. */
function latencyText({ latency }: ProbeVerdict["measured"]): string {
  return latency ? `${Math.round(latency.p50)} / ${Math.round(latency.p99)}` : "?";
}

/** In words what the bands show in colours: who held the VIP, who led etcd; what the ledger says; what was waited for. */
function courseList(scenario: ScenarioReport): Markup {
  const { holders, nobody, leaders, leaderless, termChanges, ledger, waits, times, from: begin, to: end } = scenario;
  const zero = times.disrupt ?? begin;
  const when = ({ from, to }: Span) =>
    `${from > zero ? ` from ${lengthText(from - zero)}` : ""}${to < end && to > zero ? ` to ${lengthText(to - zero)}` : ""}`;
  const none = nobody.reduce((sum, span) => sum + lengthOf(span), 0);
  const missed = waits.filter(({ reasons }) => reasons.length > 0);
  return markup`<ul class="course">
<li><b>VIP</b>: ${holders.map((held) => `${held.host}${when(held)}`).join(", ") || (nobody.length > 0 ? "nobody" : "not told")}${none > 0 && `; nobody for ${lengthText(none)}`}</li>
<li><b>etcd</b>: ${leaders.map((led) => `${led.host}${when(led)}${led.term === undefined ? "" : ` (term ${led.term})`}`).join(", ") || (leaderless.length > 0 ? "no leader" : "not told")}; ${counted(termChanges, "election")}</li>
<li><b>Ledger</b>: ${ledger ? ledgerText(ledger) : "was not looked through"}</li>
</ul>${missed.length > 0 && waitsDetails(missed, zero)}`;
}

function ledgerText({ attempted, acknowledged, unacknowledgedThere, lost, outOfOrder, unseen }: LedgerResult): string {
  const faults = [
    ...(lost.length > 0 ? [`${lost.length} lost`] : []),
    ...(outOfOrder.length > 0 ? [`${outOfOrder.length} out of order`] : []),
    ...(unseen.length > 0 ? [`${unseen.length} never told by the watch`] : []),
  ];
  const there = faults.length > 0 ? faults.join(", ") : "all of them there, in order, and told by the watch";
  const more = unacknowledgedThere > 0 ? `; ${unacknowledgedThere} more there that nobody acknowledged` : "";
  return `${counted(attempted, "write")}, ${acknowledged} acknowledged: ${there}${more}`;
}

function waitsDetails(waits: readonly Wait[], zero: number): Markup {
  return markup`<details class="waits"><summary>What was waited for</summary>
${wide(
  "What was waited for",
  markup`<table>
<thead><tr><th scope="col">Until</th><th scope="col">What was missing</th><th scope="col" class="number">From</th><th scope="col" class="number">Waited</th></tr></thead>
<tbody>${waits.map(
    ({ condition, reasons, met, start, end }) => markup`
<tr><td>${condition}${!met && markup` <span class="outcome failed">never held</span>`}</td><td><ul class="reasons">${reasons.map(({ reason, ms }) => markup`<li>${reason} <span class="took">${duration(ms)}</span></li>`)}</ul></td><td class="number">${start < zero ? "before" : duration(start - zero)}</td><td class="number">${duration(end - start)}</td></tr>`,
  )}
</tbody></table>`,
)}</details>`;
}

import type { LedgerResult } from "../../../drills/events.ts";
import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Span } from "../../../drills/outages.ts";
import { duration } from "../../duration.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { Wait } from "../../waits.ts";
import type { ScenarioReport } from "../scenario.ts";
import { counted } from "../words.ts";

/** In words what the bands show in colours: who held the VIP, who led etcd; what the ledger says; what was waited for. */
export function courseList(scenario: ScenarioReport): Markup {
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

import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Outage } from "../../../drills/outages.ts";
import type { ProbeVerdict } from "../../../drills/verdict.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { ScenarioReport } from "../scenario.ts";
import { kindsText } from "../words.ts";
import { lengthCell } from "./cells.ts";

/** So many outages of a client are told one by one. */
const SHOWN = 4;

/** What each client felt against what is allowed. */
export function probesTable({
  probes,
  twoHolders,
  twoHoldersJudged,
  twoHoldersLimit,
  ...scenario
}: ScenarioReport): Markup {
  const zero = scenario.times.disrupt ?? scenario.from;
  const table = markup`<table>
<thead><tr><th scope="col">Client</th><th scope="col">From</th><th scope="col" class="number">Out</th><th scope="col" class="number">Allowed</th><th scope="col" class="number">Dark</th><th scope="col" class="number">Tail</th><th scope="col" class="number">Failed of asked</th><th scope="col" class="optional">Outages</th><th scope="col" class="number optional">Answers p50 / p99</th></tr></thead>
<tbody>${probes.map((each) => row(each, zero))}
<tr${twoHoldersJudged === 0 && markup` class="quiet"`}><td>two holders of the VIP</td><td></td>${lengthCell(twoHoldersJudged, twoHoldersJudged > twoHoldersLimit)}<td class="number">${lengthText(twoHoldersLimit)}</td><td></td><td></td><td></td><td class="optional small">${twoHolders.slice(0, 4).map((span) => markup`<div>from ${since(span.from, zero)} for ${lengthText(lengthOf(span))}: ${span.hosts.join(", ")}</div>`)}${scenario.divides && markup`<div>not judged while the masters are divided</div>`}</td><td class="optional"></td></tr>
</tbody></table>`;
  return wide("What each client felt", table);
}

function row({ probe, measured, before, limit, judged, breach }: ProbeVerdict, zero: number): Markup {
  const { asked, failed, longest, dark, tail, outages } = measured;
  return markup`
<tr${failed === 0 && markup` class="quiet"`}><td class="client">${probe.title}</td><td>${probe.from}</td>${lengthCell(asked === 0 ? undefined : longest, breach !== undefined)}<td class="number">${judged ? lengthText(limit) : markup`<span class="none">not judged</span>`}</td>${lengthCell(dark, false)}${lengthCell(tail, false)}<td class="number">${failed} of ${asked}</td><td class="optional small">${longestOf(outages).map((outage) => markup`<div>${outageText(outage, zero, outages.length > 1)}</div>`)}${outages.length > SHOWN && markup`<div>and ${outages.length - SHOWN} shorter</div>`}</td><td class="number optional small">${latencyText(before)} → ${latencyText(measured)} ms</td></tr>`;
}

/** The longest, in the order in which they came. */
function longestOf(outages: readonly Outage[]): Outage[] {
  const longest = outages.toSorted((one, other) => lengthOf(other) - lengthOf(one)).slice(0, SHOWN);
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

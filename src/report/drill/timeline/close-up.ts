import { lengthOf, type Span } from "../../../drills/outages.ts";
import type { ScenarioReport } from "../scenario.ts";
import type { View } from "./canvas.ts";

/** An outage that begins so soon after the disruption was made is its doing, ms. */
const SOON = 5000;
/** What is shorter or longer than this needs no room of its own, ms; and a close-up is worth it where it makes things larger by so much. */
const LEAST = 700;
const MOST = 10_000;
const LARGER = 3;

export function wholeView({ from, to, times }: ScenarioReport): View {
  return { from, to, zero: times.disrupt ?? from };
}

/** The longest dark time that the disruption made, with what is around it; undefined where nobody needs it to be larger. */
export function closeUp(scenario: ScenarioReport): View | undefined {
  const { disrupt: zero, disrupted } = scenario.times;
  if (zero === undefined) return undefined;
  const darks = scenario.probes
    .flatMap(({ measured }) => measured.outages.map(({ dark }) => dark))
    .filter((dark) => dark.to > zero && dark.from < (disrupted ?? zero) + SOON && lengthOf(dark) < MOST);
  const [longest] = darks.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  if (!longest) return undefined;
  const { from, to } = around(longest, darks, zero);
  const margin = Math.max(LEAST, to - from) / 8;
  const view = { from: from - margin, to: Math.max(to, from + LEAST) + 3 * margin, zero };
  return LARGER * lengthOf(view) < lengthOf(scenario) ? view : undefined;
}

/** With what others felt just before and after it, and with the disruption itself where that is near. */
function around(longest: Span, darks: readonly Span[], zero: number): Span {
  const reach = Math.max(LEAST, lengthOf(longest));
  const [first, last] = [longest.from - reach, longest.to + reach];
  const near = darks.filter(({ from, to }) => from >= first && to <= last);
  const from = Math.min(...near.map((dark) => dark.from));
  return { from: zero >= first && zero < from ? zero : from, to: Math.max(...near.map((dark) => dark.to)) };
}

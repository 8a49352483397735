import type { ProbeName } from "../../drills/events.ts";
import { lengthText } from "../../drills/length.ts";
import type { ScenarioReport } from "./scenario.ts";

/** The worst of several probes of one scenario, ms. */
export interface Worst {
  readonly longest: number;
  readonly dark: number;
  readonly tail: number;
}

/** Undefined where none of these probes sent a request. */
export function worstOf({ probes }: ScenarioReport, names: readonly ProbeName[]): Worst | undefined {
  const measured = probes.flatMap((each) =>
    names.includes(each.probe.name) && each.measured.asked > 0 ? [each.measured] : [],
  );
  if (measured.length === 0) return undefined;
  const most = (key: keyof Worst) => Math.max(...measured.map((each) => each[key]));
  return { longest: most("longest"), dark: most("dark"), tail: most("tail") };
}

/** The scenario with the longest outage of a kind of probe, without those that are expected to stop reads and writes. */
export function worstScenario(
  scenarios: readonly ScenarioReport[],
  name: ProbeName,
): { readonly scenario: ScenarioReport; readonly worst: Worst } | undefined {
  return scenarios
    .filter(({ stops }) => !stops)
    .flatMap((scenario) => {
      const worst = worstOf(scenario, [name]);
      return worst ? [{ scenario, worst }] : [];
    })
    .toSorted((one, other) => other.worst.longest - one.worst.longest)[0];
}

/** `19.7 s outage, 1.71 s of it total`; `0.87 s total outage` where it was total throughout. */
export function outText({ longest, dark }: Worst): string {
  return dark === longest
    ? `${lengthText(dark)} total outage`
    : `${lengthText(longest)} outage, ${lengthText(dark)} of it total`;
}

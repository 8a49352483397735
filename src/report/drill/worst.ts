import { lengthText } from "../../drills/length.ts";
import type { ProbeName } from "../../drills/events.ts";
import type { ScenarioReport } from "./scenario.ts";

/** The worst of several probes of one scenario, ms. */
export interface Worst {
  readonly longest: number;
  readonly dark: number;
  readonly tail: number;
}

/** Undefined where none of these probes was asked. */
export function worstOf({ probes }: ScenarioReport, names: readonly ProbeName[]): Worst | undefined {
  const measured = probes.flatMap((each) =>
    names.includes(each.probe.name) && each.measured.asked > 0 ? [each.measured] : [],
  );
  if (measured.length === 0) return undefined;
  const most = (key: keyof Worst) => Math.max(...measured.map((each) => each[key]));
  return { longest: most("longest"), dark: most("dark"), tail: most("tail") };
}

/** The scenario in which a kind of clients was out for the longest, which limits are held against; those that are meant to are not counted. */
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

/** `19.7 s out, at most 1.71 s of it dark`; `0.87 s dark` where that is all. */
export function outText({ longest, dark }: Worst): string {
  return dark === longest
    ? `${lengthText(dark)} dark`
    : `${lengthText(longest)} out, at most ${lengthText(dark)} of it dark`;
}

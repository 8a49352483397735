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

/** The scenario that left a kind of clients in the dark for the longest; those that are meant to are not counted. */
export function darkest(
  scenarios: readonly ScenarioReport[],
  name: ProbeName,
): { readonly scenario: ScenarioReport; readonly dark: number } | undefined {
  return scenarios
    .filter(({ stops }) => !stops)
    .flatMap((scenario) => {
      const worst = worstOf(scenario, [name]);
      return worst ? [{ scenario, dark: worst.dark }] : [];
    })
    .reduce<{ scenario: ScenarioReport; dark: number } | undefined>(
      (worst, each) => (worst && worst.dark >= each.dark ? worst : each),
      undefined,
    );
}

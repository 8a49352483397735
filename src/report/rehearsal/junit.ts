import { type Case, junitOf, newCase, type Suite } from "../junit-suite.ts";
import type { RehearsalReport } from "./report.ts";

/** For CI systems: one suite, of which each act is a case. What is behind them is in the reports of the acts themselves. */
export function rehearsalJunit({ cluster, startedAt, wallMs, acts, ok }: RehearsalReport): string {
  const suite: Suite = {
    name: "rehearsal",
    package: `tripod.rehearse.${cluster}`,
    title: "Rehearsal",
    cluster,
    startedAt,
    ms: wallMs,
    cases: [
      ...acts.map((act): Case =>
        newCase(
          act.title,
          act.ms,
          act.ok ? undefined : { as: "failure", type: "act", message: act.said, text: act.said },
        ),
      ),
      ...(ok === undefined
        ? [newCase("the rest", 0, { as: "error", type: "unfinished", message: "the record breaks off" })]
        : []),
    ],
  };
  return junitOf([suite]);
}

import { type Case, junitOf, newCase, type Suite } from "../junit-suite.ts";
import type { RehearsalReport } from "./report.ts";

/** For CI systems: one suite, in which each part is a case. The details are in the reports of the parts. */
export function rehearsalJunit({ cluster, startedAt, wallMs, acts, ok }: RehearsalReport): string {
  const suite: Suite = {
    name: "rehearsal",
    package: `tripod.rehearse.${cluster}`,
    title: "Rehearsal",
    cluster,
    startedAt,
    ms: wallMs,
    cases: [
      ...acts.map(({ title, ms, ok: passed, said }): Case =>
        newCase(title, ms, passed ? undefined : { as: "failure", type: "act", message: said, text: said }),
      ),
      ...(ok === undefined
        ? [
            newCase("the rest", 0, {
              as: "error",
              type: "unfinished",
              message: "the record ends before the rehearsal did",
            }),
          ]
        : []),
    ],
  };
  return junitOf([suite]);
}

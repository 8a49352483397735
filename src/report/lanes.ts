import type { Report, StepReport } from "./report.ts";

/** The steps of one host; steps that ran at the same time are in different rows. */
export interface Lane {
  readonly host: string;
  readonly rows: readonly (readonly StepReport[])[];
}

/** A lane for each host, even if it did nothing. Steps that overlap by less than `tolerance` ms share a row. */
export function lanesOf(report: Report, tolerance: number): Lane[] {
  return report.hosts.map((host) => {
    const rows: StepReport[][] = [];
    const steps = report.steps.filter((step) => step.host === host).toSorted((a, b) => a.start - b.start);
    for (const step of steps) {
      const free = rows.find((row) => (row.at(-1)?.end ?? 0) <= step.start + tolerance);
      if (free) free.push(step);
      else rows.push([step]);
    }
    return { host, rows: rows.length > 0 ? rows : [[]] };
  });
}

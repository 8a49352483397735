import type { Report, StepReport } from "./report.ts";

/** What one host did, in as many rows as it did things at once. */
export interface Lane {
  readonly host: string;
  readonly rows: readonly (readonly StepReport[])[];
}

/** A lane for each host, also where it did nothing. Steps that overlap by less than `tolerance` ms share a row. */
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

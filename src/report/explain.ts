import type { CriticalStep } from "./critical-path.ts";
import { duration } from "./duration.ts";
import { type Interval, lengthOfUnion } from "./intervals.ts";
import type { Report, ResourceChange, StepReport } from "./report.ts";
import type { Reason } from "./waits.ts";

/** Something that took a part of a step's time, ms. */
export interface Part {
  readonly said: string;
  readonly ms: number;
  /** What it was waiting for the longest, where it waited. */
  readonly reason?: Reason;
}

/** `First master: kubeadm init on m1, 24 s of 62 s`: for a stranger, what took the time of one step. */
export function stepSentence(report: Report, step: CriticalStep): string {
  const part = partsOf(stepAt(report, step))[0];
  const doing = part ? `${part.said} ` : "";
  return `${titleOf(report, step.phase)}: ${doing}on ${step.host}, ${duration(step.end - step.start)} of ${duration(report.wallMs)}`;
}

/** The step of the critical path that took the longest: what to look at first. */
export function longestOnPath(report: Report): CriticalStep | undefined {
  return report.criticalPath.steps.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0];
}

export function stepAt(report: Report, { phase, host }: CriticalStep): StepReport | undefined {
  return report.steps.find((step) => step.phase === phase && step.host === host);
}

/** What a step was busy with, the longest first; where it did not come to its end, what it was at. */
export function partsOf(step: StepReport | undefined): Part[] {
  if (!step) return [];
  const lastly = openChange(step)?.resource ?? step.failures[0]?.during;
  if (lastly !== undefined) return [{ said: changeSaid(lastly, step.host), ms: step.end - step.start }];
  const waits = step.waits.filter(({ reasons, during }) => reasons.length > 0 && during === undefined);
  const parts = [
    ...changeParts(step),
    ...waits.map(({ condition, reasons, start, end }) =>
      part(`waiting until ${condition}`, end - start, longestReason(reasons)),
    ),
  ].toSorted((a, b) => b.ms - a.ms);
  return parts.length > 0 ? parts : [{ said: "reading", ms: step.end - step.start }];
}

/** The change that was being applied when the step failed, was stopped or was killed. */
function openChange({ outcome, changes, failures }: StepReport): ResourceChange | undefined {
  const appliedNothing = outcome === "ok" || (failures.length > 0 && failures[0]?.during === undefined);
  return appliedNothing ? undefined : changes.find(({ ms }) => ms === undefined);
}

/** Each kind of resource, because twenty images are one thing that took time. */
function changeParts(step: StepReport): Part[] {
  const kinds = new Map<string, ResourceChange[]>();
  for (const change of step.changes) {
    if (change.ms === undefined) continue;
    const [kind = ""] = change.resource.split(":", 1);
    kinds.set(kind, [...(kinds.get(kind) ?? []), change]);
  }
  return [...kinds].map(([kind, changes]) => {
    const [only] = changes;
    const said =
      changes.length === 1 && only ? changeSaid(only.resource, step.host) : `${words(kind)} × ${changes.length}`;
    const during = step.waits.filter((wait) => changes.some(({ resource }) => resource === wait.during));
    return part(
      said,
      lengthOfUnion(changes.flatMap(whenApplied)),
      longestReason(during.flatMap(({ reasons }) => reasons)),
    );
  });
}

function whenApplied({ ms, end }: ResourceChange): Interval[] {
  return ms === undefined || end === undefined ? [] : [{ start: end - ms, end }];
}

function part(said: string, ms: number, reason: Reason | undefined): Part {
  return { said, ms, ...(reason && { reason }) };
}

function longestReason(reasons: readonly Reason[]): Reason | undefined {
  return reasons.toSorted((a, b) => b.ms - a.ms)[0];
}

export function titleOf(report: Report, phase: string): string {
  return report.phases.find(({ name }) => name === phase)?.title ?? phase;
}

/** What resources say of what is not there. */
export const ABSENT = "absent";

/** Names that say nothing more where the host is said too. */
const SELF_EVIDENT = ["cluster", "master", "worker", "installed", "own"];

/** `kubeadm-init:cluster` as `kubeadm init`. What is not the key of a resource is said as it is. */
function changeSaid(key: string, host: string): string {
  const [, kind, name = ""] = /^([\w-]+):(.*)$/s.exec(key) ?? [];
  if (kind === undefined) return key;
  return name === host || SELF_EVIDENT.includes(name) ? words(kind) : `${words(kind)} ${name}`;
}

function words(kind: string): string {
  return kind.replaceAll("-", " ");
}

/** Why a narrowed plan would stop there as an apply: `left out, but needed by etcd and not as it should be: file:/etc/hosts`. */
export function unmetSentence({ neededBy, missing }: NonNullable<StepReport["unmet"]>): string {
  return `left out, but needed by ${neededBy.join(", ")} and not as it should be: ${missing.join(", ")}`;
}

/** `left out: phases etcd, workers; hosts m3`; undefined of a run that was not narrowed. */
export function leftOutSentence({ leftOut }: Report): string | undefined {
  const parts = [
    ...(leftOut?.phases.length ? [`phases ${leftOut.phases.join(", ")}`] : []),
    ...(leftOut?.hosts.length ? [`hosts ${leftOut.hosts.join(", ")}`] : []),
  ];
  return parts.length > 0 ? `left out: ${parts.join("; ")}` : undefined;
}

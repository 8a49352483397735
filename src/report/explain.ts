import type { CriticalStep } from "./critical-path.ts";
import { formatDuration } from "./duration.ts";
import { type Interval, lengthOfUnion } from "./intervals.ts";
import type { Report, ResourceChange, StepReport } from "./report.ts";
import type { Reason } from "./waits.ts";

/** What a step was busy with for a part of its time, ms. */
export interface Activity {
  /** `kubeadm init` */
  readonly title: string;
  readonly ms: number;
  /** The reason it waited for the longest, if it waited. */
  readonly reason?: Reason;
}

/** `First master: kubeadm init on m1, 24 s of 62 s`: what took the time of one step. */
export function stepSentence(report: Report, step: CriticalStep): string {
  const [activity] = activitiesOf(stepAt(report, step));
  const doing = activity ? `${activity.title} ` : "";
  return `${titleOf(report, step.phase)}: ${doing}on ${step.host}, ${formatDuration(step.end - step.start)} of ${formatDuration(report.wallMs)}`;
}

/** The step of the critical path that took the longest. */
export function longestOnPath(report: Report): CriticalStep | undefined {
  return report.criticalPath.steps.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0];
}

export function stepAt(report: Report, { phase, host }: CriticalStep): StepReport | undefined {
  return report.steps.find((step) => step.phase === phase && step.host === host);
}

/** What a step was busy with, the longest first; if it did not finish, what it was doing when it ended. */
export function activitiesOf(step: StepReport | undefined): Activity[] {
  if (!step) return [];
  const last = openChange(step)?.resource ?? step.failures[0]?.during;
  if (last !== undefined) return [{ title: changeTitle(last, step.host), ms: step.end - step.start }];
  const waits = step.waits.filter(({ reasons, during }) => reasons.length > 0 && during === undefined);
  const activities = [
    ...changeActivities(step),
    ...waits.map(({ condition, reasons, start, end }) =>
      newActivity(`waiting until ${condition}`, end - start, longestReason(reasons)),
    ),
  ].toSorted((a, b) => b.ms - a.ms);
  return activities.length > 0 ? activities : [{ title: "reading", ms: step.end - step.start }];
}

/** The change that was being applied when the step failed, was stopped or was killed. */
function openChange({ outcome, changes, failures }: StepReport): ResourceChange | undefined {
  const appliedNothing = outcome === "ok" || (failures.length > 0 && failures[0]?.during === undefined);
  return appliedNothing ? undefined : changes.find(({ ms }) => ms === undefined);
}

/** One activity per kind of resource: twenty images count as one. */
function changeActivities(step: StepReport): Activity[] {
  const kinds = new Map<string, ResourceChange[]>();
  for (const change of step.changes) {
    if (change.ms === undefined) continue;
    const [kind = ""] = change.resource.split(":", 1);
    kinds.set(kind, [...(kinds.get(kind) ?? []), change]);
  }
  return [...kinds].map(([kind, changes]) => {
    const [only] = changes;
    const title =
      changes.length === 1 && only ? changeTitle(only.resource, step.host) : `${words(kind)} × ${changes.length}`;
    const during = step.waits.filter((wait) => changes.some(({ resource }) => resource === wait.during));
    return newActivity(
      title,
      lengthOfUnion(changes.flatMap(whenApplied)),
      longestReason(during.flatMap(({ reasons }) => reasons)),
    );
  });
}

function whenApplied({ ms, end }: ResourceChange): Interval[] {
  return ms === undefined || end === undefined ? [] : [{ start: end - ms, end }];
}

function newActivity(title: string, ms: number, reason: Reason | undefined): Activity {
  return { title, ms, ...(reason && { reason }) };
}

function longestReason(reasons: readonly Reason[]): Reason | undefined {
  return reasons.toSorted((a, b) => b.ms - a.ms)[0];
}

export function titleOf(report: Report, phase: string): string {
  return report.phases.find(({ name }) => name === phase)?.title ?? phase;
}

/** The value that resources report for what does not exist. */
export const ABSENT = "absent";

/** Names that add nothing where the host is named too. */
const SELF_EVIDENT = ["cluster", "master", "worker", "installed", "own"];

/** `kubeadm-init:cluster` as `kubeadm init`. Text that is not the key of a resource is returned as it is. */
function changeTitle(key: string, host: string): string {
  const [, kind, name = ""] = /^([\w-]+):(.*)$/s.exec(key) ?? [];
  if (kind === undefined) return key;
  return name === host || SELF_EVIDENT.includes(name) ? words(kind) : `${words(kind)} ${name}`;
}

function words(kind: string): string {
  return kind.replaceAll("-", " ");
}

/** Why an apply that is narrowed like this plan would stop: `left out, but needed by etcd and not up to date: file:/etc/hosts`. */
export function unmetSentence({ neededBy, missing }: NonNullable<StepReport["unmet"]>): string {
  return `left out, but needed by ${neededBy.join(", ")} and not up to date: ${missing.join(", ")}`;
}

/** `left out: phases etcd, workers; hosts m3`; undefined for a run that was not narrowed. */
export function leftOutSentence({ leftOut }: Report): string | undefined {
  const parts = [
    ...(leftOut?.phases.length ? [`phases ${leftOut.phases.join(", ")}`] : []),
    ...(leftOut?.hosts.length ? [`hosts ${leftOut.hosts.join(", ")}`] : []),
  ];
  return parts.length > 0 ? `left out: ${parts.join("; ")}` : undefined;
}

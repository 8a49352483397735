import type { CriticalStep } from "./critical-path.ts";
import { duration } from "./duration.ts";
import type { Report, ResourceChange, StepReport } from "./report.ts";

/** `First master: kubeadm init on m1, 24 s of 62 s`: for a stranger, what took the time of one step. */
export function stepSentence(report: Report, step: CriticalStep): string {
  const what = whatTook(report, step);
  const doing = what === undefined ? "" : `${what} `;
  return `${titleOf(report, step.phase)}: ${doing}on ${step.host}, ${duration(step.end - step.start)} of ${duration(report.wallMs)}`;
}

/** The step of the critical path that took the longest: what to look at first. */
export function longestOnPath(report: Report): CriticalStep | undefined {
  return report.criticalPath.steps.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0];
}

/** What filled most of a step: a change, a wait, or that the host was only read; where it failed, what it failed at. */
export function whatTook(report: Report, { phase, host }: CriticalStep): string | undefined {
  const step = report.steps.find((each) => each.phase === phase && each.host === host);
  if (!step) return undefined;
  const failedAt = step.failures[0]?.during;
  if (failedAt !== undefined) return changeSaid(failedAt, host);
  const waits = step.waits.filter(({ reasons }) => reasons.length > 0);
  if (step.changes.length + waits.length === 0) return "reading";
  const parts = [
    ...step.changes.map((change) => ({ ms: change.ms ?? 0, said: batchSaid(change, step) })),
    ...waits.map((wait) => ({ ms: wait.end - wait.start, said: `waiting until ${wait.condition}` })),
  ].toSorted((a, b) => b.ms - a.ms);
  const half = (step.end - step.start) / 2;
  const [longest] = parts;
  return longest && (longest.ms >= half || parts.length === 1) ? longest.said : `${parts.length} small things`;
}

export function titleOf(report: Report, phase: string): string {
  return report.phases.find(({ name }) => name === phase)?.title ?? phase;
}

/** Names that say nothing more where the host is said too. */
const SELF_EVIDENT = ["cluster", "master", "worker", "installed"];

/** `kubeadm-init:cluster` as `kubeadm init`. What is not the key of a resource is said as it is. */
function changeSaid(key: string, host: string): string {
  const [, kind = key, name = ""] = /^([\w-]+):(.*)$/s.exec(key) ?? [];
  return [kind.replaceAll("-", " "), ...(name === host || SELF_EVIDENT.includes(name) ? [] : [name])].join(" ").trim();
}

/** `image pause:3.9 and 5 more` where they were put right by one command. */
function batchSaid({ resource, ms }: ResourceChange, { changes, host }: StepReport): string {
  const kind = resource.split(":", 1)[0] ?? "";
  const together = changes.filter((other) => other.ms === ms && other.resource.startsWith(`${kind}:`)).length;
  return `${changeSaid(resource, host)}${together > 1 ? ` and ${together - 1} more` : ""}`;
}

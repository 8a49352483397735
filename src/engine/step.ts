import { TripodError } from "../errors.ts";
import { key, type Resource } from "../resources/resource.ts";
import {
  appliedTogether,
  applyAll,
  assertConverged,
  type Difference,
  inspect,
  NOTHING_PENDING,
  surviving,
} from "./apply.ts";
import type { Site } from "./site.ts";

/**
 * One phase on one host: read everything, then put right what differs, in order, and read again.
 *
 * Neighbours that can be put right in one command are. After each change what was changed and all that follows is read in one go: the
 * former must now be clean, and the latter may have been touched by it. In a plan nothing is applied; what would change is remembered in
 * `pending`, which stays empty in an apply.
 * Asked to stop, it brings the change that is under way to its end and throws the signal's reason.
 */
export async function runStep(site: Site, pending: Set<string>): Promise<void> {
  const { host, context, tally } = site;
  let left = await inspectAll(site, await resourcesOf(site));
  for (let next = left[0]; next; next = left[0]) {
    context.signal.throwIfAborted();
    const { resource, inspection } = next;
    // What two phases want of a host is changed by the first of them.
    const changes = pending.has(key(resource)) ? [] : inspection.changes(pending);
    if (changes.length === 0) {
      tally.unchanged++;
      site.emit({ type: "resource.ok", resource: key(resource) });
      left = left.slice(1);
      continue;
    }
    if (context.mode === "plan") {
      tally.changed++;
      site.emit({ type: "resource.change", resource: key(resource), changes });
      pending.add(key(resource));
      left = left.slice(1);
      continue;
    }
    await site.held();
    const together = appliedTogether(left);
    for (const one of together) {
      tally.changed++;
      site.emit({
        type: "resource.change",
        resource: key(one.resource),
        changes: one.inspection.changes(NOTHING_PENDING),
      });
    }
    tally.during = tally.changing = together.map((one) => key(one.resource)).join(", ");
    const startedAt = performance.now();
    await applyAll(site, together);
    left = await inspectAll(
      site,
      left.map((one) => one.resource),
    );
    for (const one of left.splice(0, together.length)) {
      assertConverged(host, one);
      site.emit({
        type: "resource.applied",
        resource: key(one.resource),
        ms: Math.round(performance.now() - startedAt),
      });
    }
    delete tally.changing;
  }
  delete tally.during;
  if (context.mode === "plan") return;
  context.signal.throwIfAborted();
  const conditions = await surviving(site, async () => (await site.step.phase.until?.(host, context)) ?? []);
  await Promise.all(conditions.map((condition) => site.wait(condition)));
}

/**
 * A step that is not to be done but is needed: only read.
 * @returns what is not as it should be, in few words each; in an apply its conditions too, each asked once
 */
export async function lookAt(site: Site, pending: ReadonlySet<string>): Promise<string[]> {
  const { host, context } = site;
  const found = await inspectAll(site, await resourcesOf(site));
  const differing = found.filter(({ inspection }) => inspection.changes(pending).length > 0);
  if (differing.length > 0 || context.mode === "plan") return differing.map(({ resource }) => key(resource));
  const conditions = await surviving(site, async () => (await site.step.phase.until?.(host, context)) ?? []);
  const answers = await Promise.all(conditions.map((condition) => condition.holds(context.signal)));
  return answers.flatMap((answer, index) => (answer === true ? [] : [`${conditions[index]?.title}: ${answer}`]));
}

/** What an apply says of a step that it was told to leave out and cannot do without. */
export function notMet(
  { step: { phase, host } }: Site,
  neededBy: readonly string[],
  missing: readonly string[],
): TripodError {
  return new TripodError("E_REFUSED", `${neededBy.join(" and ")} cannot do without ${phase.name}, which was left out`, {
    host: host.name,
    origin: host.machine.origin,
    why: `not as it should be:\n${shortened(missing).join("\n")}`,
    hint: `leave less out: phase ${phase.name} on host ${host.name} has to be done too`,
  });
}

/** As many as a person reads. */
function shortened(list: readonly string[]): string[] {
  return list.length <= 8 ? [...list] : [...list.slice(0, 7), `and ${list.length - 7} more`];
}

function resourcesOf(site: Site): Promise<readonly Resource[]> {
  return surviving(site, async () => site.step.phase.resources(site.host, site.context));
}

function inspectAll(site: Site, some: readonly Resource[]): Promise<Difference[]> {
  return surviving(site, () => Promise.all(some.map((resource) => inspect(resource, site.host, site.working))));
}

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
 * One phase on one host: read everything, apply what differs, in order, and read again.
 *
 * Consecutive resources that one command can apply are applied together. After each change, the changed resources and all that
 * follow are read at once: the former must not differ any more, the latter may have been affected. A plan applies nothing and records
 * what would change in `pending`, which stays empty in an apply.
 * When asked to stop, it completes the change in progress and throws the signal's reason.
 */
export async function runStep(site: Site, pending: Set<string>): Promise<void> {
  const { host, context, tally } = site;
  let left = await inspectAll(site, await resourcesOf(site));
  for (let next = left[0]; next; next = left[0]) {
    context.signal.throwIfAborted();
    const { resource, inspection } = next;
    // A resource that two phases declare for a host is changed by the first of them.
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
      for (const written of [key(resource), ...(resource.writes ?? [])]) pending.add(written);
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
 * A step that is left out but needed: it is only read.
 * @returns what differs, in a few words each; in an apply also the unmet conditions, each checked once
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

/** The error of an apply for a step that was left out but is needed and not done. */
export function notMet(
  { step: { phase, host } }: Site,
  neededBy: readonly string[],
  missing: readonly string[],
): TripodError {
  return new TripodError(
    "E_REFUSED",
    `${neededBy.join(" and ")} ${neededBy.length === 1 ? "needs" : "need"} ${phase.name}, which was left out and is not done`,
    {
      host: host.name,
      origin: host.machine.origin,
      why: `still to do:\n${shortened(missing).join("\n")}`,
      hint: `include phase ${phase.name} on host ${host.name} too`,
    },
  );
}

/** At most eight lines. */
function shortened(list: readonly string[]): string[] {
  return list.length <= 8 ? [...list] : [...list.slice(0, 7), `and ${list.length - 7} more`];
}

function resourcesOf(site: Site): Promise<readonly Resource[]> {
  return surviving(site, async () => site.step.phase.resources(site.host, site.context));
}

function inspectAll(site: Site, some: readonly Resource[]): Promise<Difference[]> {
  return surviving(site, () => Promise.all(some.map((resource) => inspect(resource, site.host, site.working))));
}

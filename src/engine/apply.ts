import { isAway, TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Condition } from "../condition.ts";
import { type Inspection, key, type Resource, type Working } from "../resources/resource.ts";
import { reachable } from "./reachable.ts";

/** A resource and what was found when it was last read. */
export interface Difference {
  readonly resource: Resource;
  readonly inspection: Inspection;
}

/** In an apply everything is read again, so nothing has to be foreseen. */
export const NOTHING_PENDING: ReadonlySet<string> = new Set();

/** How often one piece of work is taken up again after its connection broke, before we give up on the host. */
const LOST_CONNECTIONS = 5;

export async function inspect(resource: Resource, host: Host, working: Working): Promise<Difference> {
  return { resource, inspection: await resource.inspect(host, working) };
}

/** The first, which differs, and those right behind it that differ too and can be put right by the same command. */
export function appliedTogether(left: readonly Difference[]): readonly Difference[] {
  const kind = left[0]?.inspection.batch?.kind;
  if (kind === undefined) return left.slice(0, 1);
  const other = left.findIndex(({ inspection }) => inspection.batch?.kind !== kind || !differs(inspection));
  return other < 0 ? left : left.slice(0, other);
}

/** What applying needs of the step it belongs to. */
export interface Applying {
  readonly host: Host;
  /** All hosts of the run: a step reads from others too, from the leader above all. */
  readonly hosts: readonly Host[];
  readonly working: Working;
  /** Waits where nothing of ours is under way, so that being asked to stop ends it. */
  readonly wait: (condition: Condition) => Promise<void>;
  /** Resolves while we may change things; throws where somebody else may. */
  readonly held: () => Promise<void>;
}

/** Applies; where the connection breaks the outcome is unknown, so all is read again before anything is repeated. */
export async function applyAll(applying: Applying, differences: readonly Difference[]): Promise<void> {
  const { host, working } = applying;
  let open = differences;
  const apply = async () => {
    await applying.held();
    await applyOnce(open);
  };
  await surviving(applying, apply, async () => {
    const again = await Promise.all(differences.map(({ resource }) => inspect(resource, host, working)));
    open = again.filter(({ inspection }) => differs(inspection));
    return open.length > 0;
  });
}

async function applyOnce(differences: readonly Difference[]): Promise<void> {
  const batch = differences.length > 1 ? differences[0]?.inspection.batch : undefined;
  if (batch) return batch.apply(differences.map(({ inspection }) => inspection.batch?.part));
  for (const { inspection } of differences) await inspection.apply();
}

/**
 * Runs work; when a connection breaks, waits for that host to answer again and repeats it — after `again` has looked
 * whether that is still needed.
 */
export async function surviving<T>(
  site: Pick<Applying, "host" | "hosts" | "wait">,
  work: () => Promise<T>,
  again?: () => Promise<boolean>,
): Promise<T> {
  let lookFirst = false;
  for (let lost = 0; ; lost++) {
    try {
      if (lookFirst && again && !(await again())) return undefined as T;
      return await work();
    } catch (error) {
      if (!isAway(error) || lost >= LOST_CONNECTIONS) throw error;
      await site.wait(reachable(site.hosts.find(({ name }) => name === error.details.host) ?? site.host));
      lookFirst = true;
    }
  }
}

/** @throws TripodError E_NOT_CONVERGED with what still differs */
export function assertConverged(host: Host, { resource, inspection }: Difference): void {
  const left = inspection.changes(NOTHING_PENDING);
  if (left.length === 0) return;
  throw new TripodError("E_NOT_CONVERGED", `${key(resource)} still differs after it was applied`, {
    host: host.name,
    origin: host.machine.origin,
    why: left
      .map((change) => change.diff ?? `${change.field}: ${change.from ?? "absent"}, should be ${change.to ?? "absent"}`)
      .join("\n"),
    hint: "something else on the host may be changing it back; the lines above say what is left",
  });
}

function differs(inspection: Inspection): boolean {
  return inspection.changes(NOTHING_PENDING).length > 0;
}

import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Context } from "../phases/phase.ts";
import { type Change, type Inspection, key, type Resource, type Working } from "../resources/resource.ts";
import { until } from "../resources/until.ts";
import type { Sink } from "./events.ts";
import type { Step } from "./graph.ts";
import { reachable } from "./reachable.ts";

export interface Tally {
  changed: number;
  unchanged: number;
}

/** What a step tells while it runs, so that it is known when it fails half way. */
export interface StepTally extends Tally {
  /** The resource or condition that is being worked on. */
  during?: string;
}

const NOTHING_PENDING: ReadonlySet<string> = new Set();
/** How often one resource is taken up again after its connection broke, before we give up on the host. */
const LOST_CONNECTIONS = 5;

/**
 * One phase on one host: read everything, then put right what differs, in order, and read again.
 *
 * After each change the changed resource and all that follow are read in one go: the first must now be clean, and the others may
 * have been touched by it. In a plan nothing is applied; what would change is remembered in `pending`.
 */
export async function runStep(
  step: Step,
  context: Context,
  pending: Set<string>,
  sink: Sink,
  tally: StepTally,
): Promise<void> {
  const where = { phase: step.phase.name, host: step.host.name };
  const emit = (event: Record<string, unknown>) => sink({ at: Date.now(), ...where, ...event } as Parameters<Sink>[0]);
  const host = observed(step.host, (ms, code) => emit({ type: "command", ms, code }));
  const working: Working = {
    signal: context.signal,
    progress: (text) => emit({ type: "progress", text }),
    wait: async (condition) => {
      tally.during = condition.title;
      const ms = await until(condition, {
        signal: context.signal,
        host: host.name,
        waiting: (reason, waited) =>
          emit({ type: "condition.waiting", condition: condition.title, reason, ms: Math.round(waited) }),
      });
      emit({ type: "condition.met", condition: condition.title, ms: Math.round(ms) });
    },
  };

  const inspectAll = (resources: readonly Resource[]): Promise<Inspection[]> =>
    surviving(host, working, () => Promise.all(resources.map((resource) => resource.inspect(host, working))));

  const resources = await surviving(host, working, async () => step.phase.resources(host, context));
  let inspections = await inspectAll(resources);
  for (const [index, resource] of resources.entries()) {
    context.signal.throwIfAborted();
    const inspection = inspections[index];
    if (!inspection) throw new TripodError("E_INTERNAL", `${key(resource)} was not read`);
    const changes = inspection.changes(context.mode === "plan" ? pending : NOTHING_PENDING);
    if (changes.length === 0) {
      tally.unchanged++;
      emit({ type: "resource.ok", resource: key(resource) });
      continue;
    }
    tally.changed++;
    emit({ type: "resource.change", resource: key(resource), changes });
    if (context.mode === "plan") {
      pending.add(key(resource));
      continue;
    }
    const startedAt = performance.now();
    tally.during = key(resource);
    await apply(host, working, resource, inspection);
    const rest = await inspectAll(resources.slice(index));
    inspections = [...inspections.slice(0, index), ...rest];
    const left = rest[0]?.changes(NOTHING_PENDING) ?? [];
    if (left.length > 0) throw notConverged(host, resource, left);
    emit({ type: "resource.applied", resource: key(resource), ms: Math.round(performance.now() - startedAt) });
  }
  if (context.mode === "apply") {
    const conditions = await surviving(host, working, async () => (await step.phase.until?.(host, context)) ?? []);
    await Promise.all(conditions.map((condition) => working.wait(condition)));
  }
}

/** Applies; where the connection breaks the outcome is unknown, so the resource is read again before anything is repeated. */
async function apply(host: Host, working: Working, resource: Resource, first: Inspection): Promise<void> {
  let inspection = first;
  await surviving(
    host,
    working,
    () => inspection.apply(),
    async () => {
      inspection = await resource.inspect(host, working);
      return inspection.changes(NOTHING_PENDING).length > 0;
    },
  );
}

/**
 * Runs work; when the connection breaks, waits for the host to answer again and repeats it — after `again` has looked
 * whether that is still needed.
 */
async function surviving<T>(
  host: Host,
  working: Working,
  work: () => Promise<T>,
  again?: () => Promise<boolean>,
): Promise<T> {
  let lookFirst = false;
  for (let lost = 0; ; lost++) {
    try {
      if (lookFirst && again && !(await again())) return undefined as T;
      return await work();
    } catch (error) {
      if (!(error instanceof TripodError) || error.code !== "E_CONNECTION_LOST" || lost >= LOST_CONNECTIONS)
        throw error;
      await working.wait(reachable(host));
      lookFirst = true;
    }
  }
}

function notConverged(host: Host, resource: Resource, left: readonly Change[]): TripodError {
  return new TripodError("E_NOT_CONVERGED", `${key(resource)} still differs after it was applied`, {
    host: host.name,
    origin: host.machine.origin,
    why: left
      .map((change) => change.diff ?? `${change.field}: ${change.from ?? "absent"}, should be ${change.to ?? "absent"}`)
      .join("\n"),
    hint: "something else on the host may be changing it back; the lines above say what is left",
  });
}

/** The same host, telling of each of its commands; for the critical path. */
function observed(host: Host, told: (ms: number, code: number | undefined) => void): Host {
  const timed = async <T extends { code: number }>(work: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    let code: number | undefined;
    try {
      const result = await work;
      code = result.code;
      return result;
    } finally {
      told(Math.round(performance.now() - startedAt), code);
    }
  };
  const { connection } = host;
  return {
    ...host,
    read: (script) => timed(host.read(script)),
    connection: {
      name: connection.name,
      get traffic() {
        return connection.traffic;
      },
      run: (script, options) => timed(connection.run(script, options)),
      dial: (to, port) => connection.dial(to, port),
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    },
  };
}

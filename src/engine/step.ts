import type { Host } from "../host.ts";
import type { Context } from "../phases/phase.ts";
import { key, type Resource, type Working } from "../resources/resource.ts";
import { until } from "../resources/until.ts";
import {
  appliedTogether,
  applyAll,
  assertConverged,
  type Difference,
  inspect,
  NOTHING_PENDING,
  surviving,
} from "./apply.ts";
import type { Sink } from "./events.ts";
import type { Step } from "./graph.ts";

export interface Tally {
  changed: number;
  unchanged: number;
}

/** What a step tells while it runs, so that it is known when it fails half way. */
export interface StepTally extends Tally {
  /** The resource or condition that is being worked on. */
  during?: string;
}

/**
 * One phase on one host: read everything, then put right what differs, in order, and read again.
 *
 * Neighbours that can be put right in one command are. After each change what was changed and all that follows is read in one go: the
 * former must now be clean, and the latter may have been touched by it. In a plan nothing is applied; what would change is remembered in `pending`.
 */
export async function runStep(
  step: Step,
  shared: Context,
  pending: Set<string>,
  sink: Sink,
  tally: StepTally,
): Promise<void> {
  const where = { phase: step.phase.name, host: step.host.name };
  const emit = (event: Record<string, unknown>) => sink({ at: Date.now(), ...where, ...event } as Parameters<Sink>[0]);
  const observe = (one: Host) => observed(one, (ms, code) => emit({ type: "command", ms, code }));
  const host = observe(step.host);
  const context: Context = { ...shared, hosts: shared.hosts.map(observe), masters: shared.masters.map(observe) };
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

  const inspectAll = (some: readonly Resource[]): Promise<Difference[]> =>
    surviving(host, working, () => Promise.all(some.map((resource) => inspect(resource, host, working))));

  const resources = await surviving(host, working, async () => step.phase.resources(host, context));
  let left = await inspectAll(resources);
  for (let next = left[0]; next; next = left[0]) {
    context.signal.throwIfAborted();
    const { resource, inspection } = next;
    const changes = inspection.changes(context.mode === "plan" ? pending : NOTHING_PENDING);
    if (changes.length === 0) {
      tally.unchanged++;
      emit({ type: "resource.ok", resource: key(resource) });
      left = left.slice(1);
      continue;
    }
    if (context.mode === "plan") {
      tally.changed++;
      emit({ type: "resource.change", resource: key(resource), changes });
      pending.add(key(resource));
      left = left.slice(1);
      continue;
    }
    const together = appliedTogether(left);
    for (const one of together) {
      tally.changed++;
      emit({ type: "resource.change", resource: key(one.resource), changes: one.inspection.changes(NOTHING_PENDING) });
    }
    tally.during = together.map((one) => key(one.resource)).join(", ");
    const startedAt = performance.now();
    await applyAll(host, working, together);
    left = await inspectAll(left.map((one) => one.resource));
    for (const one of left.splice(0, together.length)) {
      assertConverged(host, one);
      emit({ type: "resource.applied", resource: key(one.resource), ms: Math.round(performance.now() - startedAt) });
    }
  }
  delete tally.during;
  if (context.mode === "apply") {
    const conditions = await surviving(host, working, async () => (await step.phase.until?.(host, context)) ?? []);
    await Promise.all(conditions.map((condition) => working.wait(condition)));
  }
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

import type { Host } from "../host.ts";
import type { Context } from "../phases/phase.ts";
import type { Condition } from "../condition.ts";
import type { Working } from "../resources/resource.ts";
import { until } from "../until.ts";
import type { Applying } from "./apply.ts";
import { errorRecord, type Sink } from "./events.ts";
import type { Step } from "./graph.ts";

export interface Tally {
  changed: number;
  unchanged: number;
}

/** The progress of a running step, needed when it fails or is asked to stop. */
export interface StepTally extends Tally {
  /** The resource or condition that is being worked on. */
  during?: string;
  /** The resources that are being changed right now. */
  changing?: string;
}

export interface SiteOptions {
  readonly sink: Sink;
  /** Ends every wait at once, also for running commands. */
  readonly abort: AbortSignal;
  /** Ends waits while no change is in progress: one of the run's signals was aborted. */
  readonly stop: AbortSignal;
  /** Resolves while this run holds the cluster's lock. */
  readonly held: () => Promise<void>;
}

/** The environment of one step: its host and context, which report every command, and what its resources may use. */
export interface Site extends Applying {
  readonly step: Step;
  readonly context: Context;
  readonly tally: StepTally;
  emit(event: Record<string, unknown>): void;
}

export function siteOf(step: Step, shared: Context, tally: StepTally, options: SiteOptions): Site {
  const { sink, abort, stop, held } = options;
  const where = { phase: step.phase.name, host: step.host.name };
  const emit = (event: Record<string, unknown>) => sink({ at: Date.now(), ...where, ...event } as Parameters<Sink>[0]);
  const observe = (one: Host) => reporting(one, (ms, code) => emit({ type: "command", ms, code }));
  const host = observe(step.host);
  // Most steps use only their own host.
  const hosts = lazily(() => shared.hosts.map(observe));
  const masters = lazily(() => shared.masters.map(observe));
  const context: Context = {
    ...shared,
    warn: (problem) => emit({ type: "step.warning", problem: errorRecord(problem) }),
    get hosts() {
      return hosts();
    },
    get masters() {
      return masters();
    },
  };

  const waiting = (signal: AbortSignal) => async (condition: Condition) => {
    tally.during = condition.title;
    const ms = await until(condition, {
      signal,
      host: host.name,
      waiting: (reason, waited) =>
        emit({ type: "condition.waiting", condition: condition.title, reason, ms: Math.round(waited) }),
    });
    emit({ type: "condition.met", condition: condition.title, ms: Math.round(ms) });
  };
  const working: Working = {
    signal: abort,
    progress: (text) => emit({ type: "progress", text }),
    wait: waiting(abort),
  };
  return {
    step,
    host,
    get hosts() {
      return context.hosts;
    },
    context,
    working,
    wait: waiting(stop),
    held: () => unless(stop, held()),
    tally,
    emit,
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A wait that ends when the run is asked to stop. */
async function unless(stop: AbortSignal, work: Promise<void>): Promise<void> {
  stop.throwIfAborted();
  const over = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(stop.reason as Error), { signal: over.signal });
  });
  try {
    await Promise.race([work, stopped]);
  } finally {
    over.abort();
  }
}

/** The same host, reporting each of its commands, for the critical path. */
function reporting(host: Host, told: (ms: number, code: number | undefined) => void): Host {
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
    read: (script, options) => timed(host.read(script, options)),
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

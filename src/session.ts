import { TripodError, TripodErrors } from "./errors.ts";
import type { Fact } from "./facts/fact.ts";
import { FACTS } from "./facts/index.ts";
import { osRelease } from "./facts/os-release.ts";
import type { Host } from "./host.ts";
import type { Cluster, Machine } from "./inventory/cluster.ts";
import { osOf } from "./os/index.ts";
import { batchReads } from "./remote/batch.ts";
import type { CommandObserver, Connection } from "./remote/connection.ts";
import { interruptible } from "./remote/interruptible.ts";
import { Pool } from "./remote/pool.ts";
import { type MachineFailure, sharedFailures } from "./remote/shared-failures.ts";

/** The connected hosts, for as long as a command runs. */
interface Session extends AsyncDisposable {
  readonly hosts: readonly Host[];
}

export interface SessionOptions {
  readonly signal: AbortSignal;
  readonly observer?: CommandObserver;
  /** Only these machines; default: all. */
  readonly machines?: readonly Machine[];
  /** Is called with the error of each host or bastion that cannot be used; the session continues with the others. Without it the session fails. */
  readonly without?: (failure: TripodError) => void;
}

/**
 * Connects to all machines concurrently and reads the facts of each in one command: every command of Tripod begins with this.
 * @throws TripodErrors with one error for each host or bastion that cannot be reached, has the wrong host key, or is of no known OS family
 */
async function openSession(cluster: Cluster, options: SessionOptions): Promise<Session> {
  const machines = options.machines ?? cluster.machines;
  const locate = await wayIn(cluster, machines, options.signal);
  const pool = new Pool(options);
  const opened = await Promise.allSettled(
    machines.map(async (named) => {
      const machine = await locate(named);
      return toHost(machine, await pool.connect(machine));
    }),
  );
  // After an abort the errors of the hosts are its effect, not their state.
  if (options.signal.aborted) {
    await pool[Symbol.asyncDispose]();
    options.signal.throwIfAborted();
  }
  const failures = opened.flatMap((each, index) =>
    each.status === "rejected" ? [{ machine: machines[index]?.name ?? "", error: each.reason as unknown }] : [],
  );
  if (failures.length > 0) {
    const bug = failures.find(({ error }) => !(error instanceof TripodError));
    const { without } = options;
    if (bug || !without) await pool[Symbol.asyncDispose]();
    if (bug) throw bug.error as Error;
    const errors = sharedFailures(failures as MachineFailure[]);
    if (without) for (const error of errors) without(error);
    else
      throw new TripodErrors(
        errors,
        `${failures.length} of ${opened.length} hosts cannot be used; nothing was changed`,
      );
  }
  return {
    hosts: opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** Most inventories set how their machines are reached. Vagrant is asked only if needed: its programs load slowly. */
async function wayIn(
  cluster: Cluster,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<(machine: Machine) => Machine | Promise<Machine>> {
  if (cluster.vagrant === undefined) return (machine) => machine;
  const { askVagrant } = await import("./vagrant/machines.ts");
  return askVagrant(cluster, cluster.vagrant, machines, signal);
}

/** @internal exported for its test */
export async function toHost(machine: Machine, connection: Connection): Promise<Host> {
  const read = batchReads(connection);
  const sentAt = Date.now();
  const results = await Promise.all(FACTS.map(({ command }) => read(command)));
  const receivedAt = Date.now();
  const parsed = <T>(fact: Fact<T>): T => {
    try {
      return fact.parse(results[FACTS.indexOf(fact)]?.stdout ?? "", { sentAt, receivedAt });
    } catch (cause) {
      throw notUnderstood(machine, fact, (cause as Error).message);
    }
  };
  // First: the other facts of an unknown system may not be parsable.
  const release = parsed(osRelease);
  const os = osOf(release);
  if (!os) {
    throw new TripodError(
      "E_PREFLIGHT",
      `its operating system (${release.PRETTY_NAME ?? release.ID ?? "unknown"}) is not supported`,
      {
        host: machine.name,
        origin: machine.origin,
        hint: "use a system of the Debian family (Debian 12, Ubuntu 22.04 or later) or of the RHEL 9 family",
      },
    );
  }
  const values = new Map<Fact<unknown>, unknown>(FACTS.map((fact) => [fact, parsed(fact)]));
  return { name: machine.name, machine, connection, os, read, fact: <T>(fact: Fact<T>) => values.get(fact) as T };
}

function notUnderstood({ name, origin }: Machine, fact: Fact<unknown>, why: string): TripodError {
  return new TripodError("E_COMMAND", `its ${fact.name} cannot be parsed`, {
    host: name,
    origin,
    why: `${why}\n\n$ ${fact.command}`,
    hint: "run the command above on the host, and check its output",
  });
}

/**
 * Opens a session for as long as `work` takes. `work` must handle the signal itself; the session returns or throws what `work` does.
 * @throws what `work` throws; TripodErrors with one error for each host that cannot be used; TripodError E_INTERRUPTED if the signal
 * was aborted before all were connected, or ended `work`
 */
export async function withSession<T>(
  cluster: Cluster,
  options: SessionOptions,
  work: (hosts: readonly Host[]) => Promise<T>,
): Promise<T> {
  return interruptible(options.signal, async (signal) => {
    await using session = await openSession(cluster, { ...options, signal });
    return await work(session.hosts);
  });
}

import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { quote } from "../remote/shell.ts";
import { until } from "../resources/until.ts";
import { type Claim, type Hold, type Holder, seize } from "./lock-holder.ts";

export interface LockOptions {
  /** The cluster's name, for the error. */
  readonly cluster: string;
  /** The running command, shown to other operators who find the cluster locked: `tripod apply -i prod.yaml`. */
  readonly command: string;
  /** The name of an owner, as shown by E_LOCKED, whose lock is to be removed. */
  readonly breakLock?: string;
  /** Default: user, machine and process of this operator. */
  readonly owner?: string;
}

/** The state of the lock on one master. */
interface Grip {
  readonly master: Host;
  hold?: Hold;
  /** The other owner who holds it. */
  by?: Holder;
  error?: Error;
  /** Resolves when it is known whether this run holds it. */
  known: Promise<void>;
  /** At most one attempt runs at a time. */
  attempt?: Promise<void>;
}

/** Interval of heartbeats, ms: a quarter of the silence after which an owner is considered dead. */
const BEAT = 15_000;

/** How long Tripod tries to lock a master again after its connection broke, ms. */
const AWAY = 180_000;

/**
 * Runs work that only one operator at a time may do on a cluster. The lock is a file on each master and is held by locking a
 * majority of them, so that a lost master neither blocks everybody nor lets two operators in. A master whose connection broke is
 * locked again when it answers. `held` resolves while this run holds the lock, after waiting for masters that do not answer, and
 * throws E_LOCKED if another operator has taken it over.
 * @throws E_LOCKED with the owner, since when, the command, and how to remove the lock; E_UNREACHABLE, E_CONNECTION_LOST
 */
export async function withLock<T>(
  masters: readonly Host[],
  options: LockOptions,
  work: (held: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const lock = await take(masters, options);
  try {
    return await work(lock.held);
  } finally {
    await lock.release();
  }
}

/** `anna@laptop:4711` */
function ownName(): string {
  return `${user()}@${hostname()}:${process.pid}`.replace(/[^\w@.:-]/g, "_");
}

/** A container may run as a user without a name. */
function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

async function take(masters: readonly Host[], { cluster, command, breakLock, owner = ownName() }: LockOptions) {
  const claim: Claim = { id: randomUUID(), name: owner, command: command.replace(/\s+/g, " "), breakLock };
  const majority = Math.floor(masters.length / 2) + 1;
  const over = new AbortController();
  const grips = masters.map((master): Grip => ({ master, known: Promise.resolve() }));
  const ours = () => grips.filter(({ hold }) => hold).length >= majority;
  let lost: Error | undefined;

  function grasp(grip: Grip): Promise<void> {
    return (grip.attempt ??= graspOnce(grip).finally(() => delete grip.attempt));
  }

  async function graspOnce(grip: Grip): Promise<void> {
    if (grip.hold) return;
    const answer = await seize(grip.master.connection, claim);
    delete grip.by;
    delete grip.error;
    if ("name" in answer) {
      grip.by = answer;
      return;
    }
    grip.hold = answer;
    if (over.signal.aborted) await answer.release();
    void answer.over.then(() => {
      delete grip.hold;
      if (!over.signal.aborted) grip.known = again(grip);
    });
  }

  /** Never rejects: the error is stored with the master. */
  function known(grip: Grip, attempt: Promise<unknown>): Promise<void> {
    return attempt.then(
      () => undefined,
      (error: unknown) => {
        grip.error = error as Error;
      },
    );
  }

  function again(grip: Grip): Promise<void> {
    const holds = async () => {
      try {
        await grasp(grip);
        // An owner who tries to lock while we hold the majority gives up by itself.
        return !grip.by || !ours() || `${grip.by.name} holds it`;
      } catch (error) {
        if (error instanceof TripodError && ["E_CONNECTION_LOST", "E_UNREACHABLE"].includes(error.code))
          return error.message;
        throw error;
      }
    };
    const title = `${grip.master.name} is locked again`;
    return known(grip, until({ title, within: AWAY, holds }, { signal: over.signal, host: grip.master.name }));
  }

  /** Resolves when a majority is locked, or when the result is known for every master. */
  function settled(): Promise<void> {
    return new Promise((resolve) => {
      const look = async (grip: Grip) => {
        await grip.known;
        if (ours()) resolve();
      };
      void Promise.all(grips.map(look)).then(() => resolve());
    });
  }

  async function held(): Promise<void> {
    if (!ours()) await settled();
    if (ours()) return;
    lost ??= locked(grips, cluster, "has taken over");
    throw lost;
  }

  async function release(): Promise<void> {
    over.abort();
    await Promise.all(grips.flatMap(({ hold }) => (hold ? [hold.release()] : [])));
  }

  const attempt = async (some: readonly Grip[]) => {
    for (const grip of some) grip.known = known(grip, grasp(grip));
    await settled();
  };
  await attempt(grips);
  // Two operators who start at once may each lock some masters. The one that has the first of all locked masters continues.
  if (!ours() && grips.find(({ hold, by }) => hold ?? by)?.hold) await attempt(grips.filter(({ hold }) => !hold));
  if (!ours()) {
    await release();
    throw locked(grips, cluster, "is working on");
  }
  // Any master of the majority may be lost later: the others are locked too.
  for (const grip of grips)
    void grip.known.then(() => {
      if ((grip.by ?? grip.error) && !over.signal.aborted) grip.known = again(grip);
    });
  const beat = () => {
    for (const { hold } of grips) hold?.beat();
    return Promise.resolve("the lock is held");
  };
  void until({ title: "the lock is released", within: Infinity, holds: beat }, { signal: over.signal, interval: BEAT })
    // It ends when the lock is released.
    .catch(() => undefined);
  return { held, release };
}

function locked(grips: readonly Grip[], cluster: string, does: string): Error {
  const by = grips.find((grip) => grip.by)?.by;
  const error = grips.find((grip) => grip.error)?.error;
  if (!by) return error ?? new TripodError("E_CONNECTION_LOST", `the lock of ${cluster} was lost`);
  const since = new Date(Date.now() - by.age * 1000).toISOString().replace("T", " ").slice(0, 19);
  return new TripodError("E_LOCKED", `${by.name} ${does} ${cluster}`, {
    why: `since ${since} UTC (${ago(by.age)}): ${by.command}`,
    hint: `wait until that command ends; the lock of a dead process expires within a minute. To remove the lock: --break-lock ${quote(by.name)}`,
  });
}

function ago(seconds: number): string {
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

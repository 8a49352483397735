import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { quote } from "../remote/shell.ts";
import { until } from "../until.ts";
import { type Claim, type Hold, type Holder, seize } from "./lock-holder.ts";

export interface LockOptions {
  /** The cluster's name, for the error. */
  readonly cluster: string;
  /** What is being done, shown to whoever finds the lock taken: `tripod apply -i prod.yaml`. */
  readonly command: string;
  /** The name of a holder, as E_LOCKED has told it, whose lock is to be taken away. */
  readonly breakLock?: string;
  /** Default: user, machine and process of this operator. */
  readonly owner?: string;
}

/** One master's part in the lock. */
interface Grip {
  readonly master: Host;
  hold?: Hold;
  /** Why it is not ours. */
  by?: Holder;
  error?: Error;
  /** Resolves when it is known whether it is ours. */
  known: Promise<void>;
  /** There is never more than one attempt at a time. */
  attempt?: Promise<void>;
}

/** How often a holder says that it is still there, ms: a quarter of the silence after which it is held for dead. */
const BEAT = 15_000;

/** How long a master that went away is waited for to take its lock again, ms. */
const AWAY = 180_000;

/**
 * Does work that only one operator may do at a time on a cluster. The lock lies on its own masters and counts where a majority of them
 * is held, so that losing one neither blocks anybody nor lets two in. A master whose connection broke is taken again when it answers.
 * `held` resolves while the lock is ours — waiting for masters that have gone away — and throws E_LOCKED where somebody has taken it.
 * @throws E_LOCKED with who holds it, since when, for what, and how to take it away; E_UNREACHABLE, E_CONNECTION_LOST
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

/** A container may run as a user that has no name. */
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

  /** Nothing is thrown: what went wrong is kept with the grip. */
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
        // Who comes while the majority is ours will go again.
        return !grip.by || !ours() || `${grip.by.name} is there`;
      } catch (error) {
        if (error instanceof TripodError && ["E_CONNECTION_LOST", "E_UNREACHABLE"].includes(error.code))
          return error.message;
        throw error;
      }
    };
    const title = `${grip.master.name} is locked again`;
    return known(grip, until({ title, within: AWAY, holds }, { signal: over.signal, host: grip.master.name }));
  }

  /** Resolves when the lock is ours, or when it is known of every master whether it is. */
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
  // Two who come at once may each get a part. Who has the first master of all that are locked stays; the others make room.
  if (!ours() && grips.find(({ hold, by }) => hold ?? by)?.hold) await attempt(grips.filter(({ hold }) => !hold));
  if (!ours()) {
    await release();
    throw locked(grips, cluster, "is working on");
  }
  // Of the majority any may be lost yet: the others are wanted too.
  for (const grip of grips)
    void grip.known.then(() => {
      if ((grip.by ?? grip.error) && !over.signal.aborted) grip.known = again(grip);
    });
  const beat = () => {
    for (const { hold } of grips) hold?.beat();
    return Promise.resolve("it is held");
  };
  void until(
    { title: "the lock is given back", within: Infinity, holds: beat },
    { signal: over.signal, interval: BEAT },
  )
    // It ends when the lock is given back.
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
    hint: `wait until that is done; whoever is gone has lost it within a minute. To take it away: --break-lock ${quote(by.name)}`,
  });
}

function ago(seconds: number): string {
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

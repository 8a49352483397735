import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { quote } from "../remote/shell.ts";
import { until } from "../until.ts";
import { MasterLock } from "./master-lock.ts";

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

/** Interval of heartbeats, ms: a quarter of the silence after which an owner is considered dead. */
const HEARTBEAT = 15_000;

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
  const lock = new ClusterLock(masters, options);
  await lock.acquire();
  try {
    return await work(() => lock.held());
  } finally {
    await lock.release();
  }
}

class ClusterLock {
  readonly #cluster: string;
  readonly #masters: readonly MasterLock[];
  readonly #released = new AbortController();
  #lost: Error | undefined;

  constructor(masters: readonly Host[], { cluster, command, breakLock, owner = ownName() }: LockOptions) {
    this.#cluster = cluster;
    const request = { id: randomUUID(), name: owner, command: command.replace(/\s+/g, " "), breakLock };
    const state = { request, released: this.#released.signal, hasMajority: () => this.#hasMajority() };
    this.#masters = masters.map((master) => new MasterLock(master, state));
  }

  async acquire(): Promise<void> {
    await this.#try(this.#masters);
    // Two operators who start at once may each lock some masters. The one that has the first of all locked masters continues.
    if (!this.#hasMajority() && this.#masters.find(({ held, owner }) => held || owner)?.held)
      await this.#try(this.#masters.filter(({ held }) => !held));
    if (!this.#hasMajority()) {
      await this.release();
      throw this.#error("is working on");
    }
    for (const master of this.#masters) master.retry();
    this.#sendHeartbeats();
  }

  async held(): Promise<void> {
    if (!this.#hasMajority()) await this.#settled();
    if (this.#hasMajority()) return;
    throw (this.#lost ??= this.#error("has taken over"));
  }

  async release(): Promise<void> {
    this.#released.abort();
    await Promise.all(this.#masters.map((master) => master.release()));
  }

  #hasMajority(): boolean {
    return this.#masters.filter(({ held }) => held).length > this.#masters.length / 2;
  }

  async #try(masters: readonly MasterLock[]): Promise<void> {
    for (const master of masters) master.acquire();
    await this.#settled();
  }

  /** Resolves when a majority is locked, or when the result is known for every master. */
  #settled(): Promise<void> {
    return new Promise((resolve) => {
      const look = async (master: MasterLock) => {
        await master.settled;
        if (this.#hasMajority()) resolve();
      };
      void Promise.all(this.#masters.map(look)).then(() => resolve());
    });
  }

  #sendHeartbeats(): void {
    const holds = () => {
      for (const master of this.#masters) master.heartbeat();
      return Promise.resolve("the lock is held");
    };
    const condition = { title: "the lock is released", within: Infinity, holds };
    // It ends when the lock is released.
    void until(condition, { signal: this.#released.signal, interval: HEARTBEAT }).catch(() => undefined);
  }

  #error(does: string): Error {
    const owner = this.#masters.find((master) => master.owner)?.owner;
    const error = this.#masters.find((master) => master.error)?.error;
    if (!owner)
      return (
        error ??
        new TripodError("E_CONNECTION_LOST", `the lock of ${this.#cluster} was lost`, {
          hint: "run the same command again",
        })
      );
    const since = new Date(Date.now() - owner.age * 1000).toISOString().replace("T", " ").slice(0, 19);
    return new TripodError("E_LOCKED", `${owner.name} ${does} ${this.#cluster}`, {
      why: `since ${since} UTC (${ago(owner.age)}): ${owner.command}`,
      hint: `wait until that command ends; the lock of a dead process expires within a minute. To remove the lock: --break-lock ${quote(owner.name)}`,
    });
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

function ago(seconds: number): string {
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

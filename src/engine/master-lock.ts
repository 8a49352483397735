import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { until } from "../until.ts";
import { type HostLock, lockHost, type LockOwner, type LockRequest } from "./host-lock.ts";

/** How long Tripod tries to lock a master again after its connection broke, ms. */
const RETRY_WITHIN = 180_000;

/** What the cluster's lock on one master needs from the whole lock. */
export interface LockState {
  readonly request: LockRequest;
  /** Aborted when the whole lock is released. */
  readonly released: AbortSignal;
  /** Whether this run has locked a majority of the masters. */
  readonly hasMajority: () => boolean;
}

/** The cluster's lock on one master; locked again by itself after its connection was lost. */
export class MasterLock {
  readonly #master: Host;
  readonly #state: LockState;
  #lock: HostLock | undefined;
  #owner: LockOwner | undefined;
  #error: Error | undefined;
  #attempt: Promise<void> | undefined;
  #settled: Promise<void> = Promise.resolve();

  constructor(master: Host, state: LockState) {
    this.#master = master;
    this.#state = state;
  }

  get held(): boolean {
    return this.#lock !== undefined;
  }

  /** The other owner who holds it. */
  get owner(): LockOwner | undefined {
    return this.#owner;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** Resolves when it is known whether this run holds it; never rejects. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Tries once; see `settled`. */
  acquire(): void {
    this.#settled = this.#recorded(this.#acquireOnce());
  }

  /** Keeps trying after an `acquire` that failed: any other master may be lost later. */
  retry(): void {
    void this.#settled.then(() => {
      if ((this.#owner ?? this.#error) && !this.#state.released.aborted) this.#reacquire();
    });
  }

  heartbeat(): void {
    this.#lock?.heartbeat();
  }

  async release(): Promise<void> {
    await this.#lock?.release();
  }

  /** At most one attempt runs at a time. */
  #acquireOnce(): Promise<void> {
    return (this.#attempt ??= this.#lockHost().finally(() => (this.#attempt = undefined)));
  }

  async #lockHost(): Promise<void> {
    if (this.#lock) return;
    const answer = await lockHost(this.#master.connection, this.#state.request);
    this.#owner = undefined;
    this.#error = undefined;
    if ("name" in answer) {
      this.#owner = answer;
      return;
    }
    this.#lock = answer;
    if (this.#state.released.aborted) await answer.release();
    void answer.lost.then(() => {
      this.#lock = undefined;
      if (!this.#state.released.aborted) this.#reacquire();
    });
  }

  #reacquire(): void {
    const { name } = this.#master;
    const condition = { title: `${name} is locked again`, within: RETRY_WITHIN, holds: () => this.#holdsAgain() };
    this.#settled = this.#recorded(until(condition, { signal: this.#state.released, host: name }));
  }

  async #holdsAgain(): Promise<true | string> {
    try {
      await this.#acquireOnce();
      // An owner who tries to lock while we hold the majority gives up by itself.
      return !this.#owner || !this.#state.hasMajority() || `${this.#owner.name} holds it`;
    } catch (error) {
      if (error instanceof TripodError && ["E_CONNECTION_LOST", "E_UNREACHABLE"].includes(error.code))
        return error.message;
      throw error;
    }
  }

  /** The error is stored, not thrown. */
  #recorded(attempt: Promise<unknown>): Promise<void> {
    return attempt.then(
      () => undefined,
      (error: unknown) => {
        this.#error = error as Error;
      },
    );
  }
}

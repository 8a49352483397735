import pLimit, { type LimitFunction } from "p-limit";
import type { Machine, SshTarget } from "../inventory/cluster.ts";
import type { Connection } from "./connection.ts";
import { bastionName, connect, type ConnectOptions } from "./ssh.ts";

export type PoolOptions = Pick<ConnectOptions, "observer" | "signal" | "connectTimeout" | "keepaliveInterval">;

/** sshd drops handshakes beyond MaxStartups, 10 by default. */
const HANDSHAKES = 10;

/** All connections of a run: one to each machine, and one to each bastion, shared by all machines that reach it with the same settings. */
export class Pool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #connections: Promise<Connection>[] = [];
  readonly #bastions = new Map<string, Promise<Connection>>();
  readonly #handshakes = new Map<string, LimitFunction>();

  constructor(options: PoolOptions = {}) {
    this.#options = options;
  }

  /** @throws what `connect` throws; a bastion's error is one object for all machines behind it */
  connect(machine: Pick<Machine, "name" | "ssh" | "origin">): Promise<Connection> {
    const connection = this.#open(machine);
    this.#connections.push(connection);
    return connection;
  }

  /** Closes the machines' connections, then the bastions'. */
  async [Symbol.asyncDispose](): Promise<void> {
    await closeAll(this.#connections);
    await closeAll([...this.#bastions.values()]);
  }

  async #open({ name, ssh, origin }: Pick<Machine, "name" | "ssh" | "origin">): Promise<Connection> {
    const bastion = ssh.bastion && (await this.#bastion(ssh.bastion, origin));
    return connect(name, ssh, { ...this.#options, origin, bastion, handshakes: this.#limit(ssh) });
  }

  #bastion(target: SshTarget, origin: Machine["origin"]): Promise<Connection> {
    // All settings: a machine that reaches the bastion with another key must not use a connection that was opened with a different one.
    const way = JSON.stringify({ ...target, origin: undefined });
    const known = this.#bastions.get(way);
    if (known) return known;
    const bastion = this.#open({ name: bastionName(target), ssh: target, origin: target.origin ?? origin });
    this.#bastions.set(way, bastion);
    bastion.catch(() => this.#bastions.delete(way));
    return bastion;
  }

  #limit({ address, port }: SshTarget): LimitFunction {
    const sshd = `${address}:${port}`;
    const limit = this.#handshakes.get(sshd) ?? pLimit(HANDSHAKES);
    this.#handshakes.set(sshd, limit);
    return limit;
  }
}

async function closeAll(connections: readonly Promise<Connection>[]): Promise<void> {
  for (const each of await Promise.allSettled(connections))
    if (each.status === "fulfilled") await each.value[Symbol.asyncDispose]();
}

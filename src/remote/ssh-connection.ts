import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import pLimit, { type LimitFunction } from "p-limit";
import { TripodError, type Origin } from "../errors.ts";
import type { SshTarget } from "../inventory/cluster.ts";
import type { CommandObserver, Connection, Result, RunOptions } from "./connection.ts";
import { exec } from "./exec.ts";
import { openLink, type Link } from "./handshake.ts";
import { observe } from "./observe.ts";
import { notStarted, RUN_AGAIN } from "./refused.ts";
import { excerpt, wrap } from "./shell.ts";

export interface SshConnectionOptions {
  readonly machine: string;
  readonly target: SshTarget;
  readonly origin: Origin | undefined;
  readonly observer: CommandObserver | undefined;
  /** ms */
  readonly connectTimeout: number;
  /** ms */
  readonly keepaliveInterval: number;
  readonly bastion: Connection | undefined;
  readonly handshakes: LimitFunction;
}

/** sshd refuses the 11th session of a connection (MaxSessions 10). */
const SESSIONS = 8;

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED: RFC 4254, 5.1. */
const PROHIBITED = 1;

/** The sessions of one SSH connection: queued commands, over a link that is opened again after it broke. */
export class SshConnection {
  readonly traffic = { commands: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #options: SshConnectionOptions;
  readonly #sessions = pLimit(SESSIONS);
  #closed = false;
  #current: Promise<Link> | undefined;

  constructor(options: SshConnectionOptions) {
    this.#options = options;
  }

  /** The open link, or a new one if it broke. */
  link(signal?: AbortSignal): Promise<Link> {
    if (this.#closed) throw this.#error("E_INTERNAL", "a command was sent after the connection was closed");
    if (this.#current) return this.#current;
    const { machine: host, origin, target, bastion, connectTimeout: timeout, keepaliveInterval } = this.#options;
    const asked = { host, origin, target };
    const opening = this.#options.handshakes(() => openLink({ asked, bastion, timeout, keepaliveInterval, signal }));
    const forget = () => {
      if (this.#current === opening) this.#current = undefined;
    };
    opening.then(({ client }) => client.once("end", forget).once("close", forget), forget);
    this.#current = opening;
    return opening;
  }

  async run(script: string, options: RunOptions = {}): Promise<Result> {
    const { observer, machine } = this.#options;
    const attempt = () => observe(observer, machine, script, () => this.#attempt(script, options));
    for (;;) {
      // A long-running command does not take a slot of the queue.
      const result = await (options.listen ? attempt() : this.#sessions(attempt));
      if (result) return result;
    }
  }

  async dial(host: string, port: number): Promise<Duplex> {
    const { client } = await this.link();
    const forward = promisify(client.forwardOut.bind(client));
    return forward("127.0.0.1", 0, host, port).catch((error: unknown) => {
      const { message, reason } = error as Error & { reason?: unknown };
      const hint = reason === PROHIBITED ? "set AllowTcpForwarding yes in its sshd_config" : undefined;
      const why = message.replace(/^\(SSH\) Channel open failure: /, "");
      throw this.#error("E_UNREACHABLE", `it cannot reach ${host}:${port}`, why, hint);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.then(
      (open) => open.close(),
      () => undefined,
    );
  }

  /** @returns undefined if sshd had no session left: the command is queued again, and fewer run at once from now on */
  async #attempt(script: string, options: RunOptions): Promise<Result | undefined> {
    const { machine: host, origin, target } = this.#options;
    options.signal?.throwIfAborted();
    const link = await this.link();
    const sudo = target.user !== "root" && !options.asLoginUser;
    const outcome = await exec(link, wrap(script, { sudo }), options, this.traffic, { host, origin, script });
    if (outcome.kind === "refused") {
      if (this.#sessions.activeCount <= 1 || options.listen)
        throw this.#error(
          "E_UNREACHABLE",
          "sshd refuses a session",
          outcome.why,
          "Raise MaxSessions in its sshd_config.",
        );
      this.#sessions.concurrency = Math.min(this.#sessions.concurrency, this.#sessions.activeCount - 1);
      return undefined;
    }
    if (outcome.kind === "lost") throw this.#lost(script, outcome.sent, link);
    this.traffic.commands++;
    const { code, said } = outcome;
    if (said.instead !== undefined)
      throw notStarted({ host, origin, user: target.user, sudo, code, said: said.instead });
    return { code, stdout: said.stdout, stderr: said.stderr };
  }

  #lost(script: string, sent: boolean, link: Link): TripodError {
    const message = sent
      ? "the connection was lost while a command ran; what it did is unknown"
      : "the connection was lost before a command was sent";
    const why = `${link.ended() ?? "the session ended without an exit code"}; the command was:\n${excerpt(script)}`;
    return this.#error("E_CONNECTION_LOST", message, why, RUN_AGAIN);
  }

  #error(
    code: "E_CONNECTION_LOST" | "E_UNREACHABLE" | "E_INTERNAL",
    message: string,
    why?: string,
    hint?: string,
  ): TripodError {
    const { machine: host, origin } = this.#options;
    return new TripodError(code, message, { host, origin, why, hint });
  }
}

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

export interface ConnectOptions {
  /** The inventory line of the machine, for errors. */
  readonly origin?: Origin;
  readonly observer?: CommandObserver;
  /** Aborts only the first attempt to connect. */
  readonly signal?: AbortSignal;
  /** Time limit of the login, ms; default 10 s. */
  readonly connectTimeout?: number;
  /** ms between two keepalive requests; after three without an answer the connection is lost. Default 5 s. */
  readonly keepaliveInterval?: number;
  /** An open connection to the target's bastion; without it one is opened, and closed together with this one. */
  readonly bastion?: Connection;
  /** Limits concurrent handshakes: sshd drops those beyond its MaxStartups. */
  readonly handshakes?: LimitFunction;
}

/** sshd refuses the 11th session of a connection (MaxSessions 10). */
const SESSIONS = 8;

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED: RFC 4254, 5.1. */
const PROHIBITED = 1;

/**
 * Connects to a machine over SSH, with strict host key checking. A command that was running when the connection broke throws
 * E_CONNECTION_LOST; the next one reconnects, so that the host can be read again.
 * @throws E_UNREACHABLE, E_HOST_KEY, E_AUTH, E_LOCAL; the signal's reason
 */
export async function connect(machine: string, target: SshTarget, options: ConnectOptions = {}): Promise<Connection> {
  const { origin, observer, connectTimeout = 10_000, keepaliveInterval = 5_000 } = options;
  const fail = (
    code: "E_CONNECTION_LOST" | "E_UNREACHABLE" | "E_INTERNAL",
    message: string,
    why?: string,
    hint?: string,
  ) => new TripodError(code, message, { host: machine, origin, why, hint });

  const ownBastion =
    target.bastion && !options.bastion
      ? await connect(bastionName(target.bastion), target.bastion, options)
      : undefined;
  const bastion = options.bastion ?? ownBastion;
  const handshakes = options.handshakes ?? pLimit(1);
  const sessions = pLimit(SESSIONS);
  const traffic = { commands: 0, bytesSent: 0, bytesReceived: 0 };
  let closed = false;
  let current: Promise<Link> | undefined;

  /** The open link, or a new one if it broke. */
  function link(signal?: AbortSignal): Promise<Link> {
    if (closed) throw fail("E_INTERNAL", "a command was sent after the connection was closed");
    if (current) return current;
    const asked = { host: machine, origin, target };
    const opening = handshakes(() => openLink({ asked, bastion, timeout: connectTimeout, keepaliveInterval, signal }));
    const forget = () => {
      if (current === opening) current = undefined;
    };
    opening.then(({ client }) => client.once("end", forget).once("close", forget), forget);
    current = opening;
    return opening;
  }

  /** @returns undefined if sshd had no session left: the command is queued again, and fewer run at once from now on */
  async function attempt(script: string, runOptions: RunOptions): Promise<Result | undefined> {
    const { signal, asLoginUser } = runOptions;
    signal?.throwIfAborted();
    const over = await link();
    const sudo = target.user !== "root" && !asLoginUser;
    const outcome = await exec(over, wrap(script, { sudo }), runOptions, traffic, {
      host: machine,
      origin,
      script,
    });
    if (outcome.kind === "refused") {
      if (sessions.activeCount <= 1 || runOptions.listen)
        throw fail("E_UNREACHABLE", "sshd refuses a session", outcome.why, "Raise MaxSessions in its sshd_config.");
      sessions.concurrency = Math.min(sessions.concurrency, sessions.activeCount - 1);
      return undefined;
    }
    if (outcome.kind === "lost") {
      const message = outcome.sent
        ? "the connection was lost while a command ran; what it did is unknown"
        : "the connection was lost before a command was sent";
      const why = `${over.ended() ?? "the session ended without an exit code"}; the command was:\n${excerpt(script)}`;
      throw fail("E_CONNECTION_LOST", message, why, RUN_AGAIN);
    }
    traffic.commands++;
    const { code, said } = outcome;
    if (said.instead !== undefined)
      throw notStarted({ host: machine, origin, user: target.user, sudo, code, said: said.instead });
    return { code, stdout: said.stdout, stderr: said.stderr };
  }

  async function run(script: string, runOptions: RunOptions = {}): Promise<Result> {
    // A long-running command does not take a slot of the queue.
    const inLine: (work: () => Promise<Result | undefined>) => Promise<Result | undefined> = runOptions.listen
      ? (work) => work()
      : sessions;
    for (;;) {
      const result = await inLine(() => observe(observer, machine, script, () => attempt(script, runOptions)));
      if (result) return result;
    }
  }

  async function dial(host: string, port: number): Promise<Duplex> {
    const { client } = await link();
    const forward = promisify(client.forwardOut.bind(client));
    return forward("127.0.0.1", 0, host, port).catch((error: unknown) => {
      const { message, reason } = error as Error & { reason?: unknown };
      const hint = reason === PROHIBITED ? "Set AllowTcpForwarding yes in its sshd_config." : undefined;
      const why = message.replace(/^\(SSH\) Channel open failure: /, "");
      throw fail("E_UNREACHABLE", `it cannot reach ${host}:${port}`, why, hint);
    });
  }

  async function close(): Promise<void> {
    closed = true;
    await current?.then(
      (open) => open.close(),
      () => undefined,
    );
    await ownBastion?.[Symbol.asyncDispose]();
  }

  try {
    await link(options.signal);
  } catch (error) {
    await close();
    throw error;
  }
  return { name: machine, traffic, run, dial, [Symbol.asyncDispose]: close };
}

export function bastionName({ user, address, port }: SshTarget): string {
  return `bastion ${user}@${address}${port === 22 ? "" : `:${port}`}`;
}

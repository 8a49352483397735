import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import pLimit, { type LimitFunction } from "p-limit";
import { TripodError, type Origin } from "../errors.ts";
import type { SshTarget } from "../inventory/cluster.ts";
import type { CommandObserver, Connection, Result, RunOptions } from "./connection.ts";
import { exec } from "./exec.ts";
import { openLink, type Link } from "./handshake.ts";
import { observed } from "./observe.ts";
import { notStarted, READ_ANEW } from "./refused.ts";
import { excerpt, wrap } from "./shell.ts";

export interface ConnectOptions {
  /** The inventory line that names the machine, for errors. */
  readonly origin?: Origin;
  readonly observer?: CommandObserver;
  /** Ends the first attempt to connect, nothing later. */
  readonly signal?: AbortSignal;
  /** ms until the host has to have let us in; default 10 s. */
  readonly connectTimeout?: number;
  /** ms between two questions whether the host is still there; three without an answer are the end. Default 5 s. */
  readonly keepaliveInterval?: number;
  /** A connection to the target's bastion that is there already; without it one is opened, and closed with this one. */
  readonly bastion?: Connection;
  /** Lets a few handshakes through at a time: sshd drops them beyond its MaxStartups. */
  readonly handshakes?: LimitFunction;
}

/** sshd refuses the 11th session of a connection (MaxSessions 10). */
const SESSIONS = 8;

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED: RFC 4254, 5.1. */
const PROHIBITED = 1;

/**
 * Connects to a machine over SSH, with strict host keys. A command that was running when the connection broke throws
 * E_CONNECTION_LOST; the next one connects again, so that what is unknown can be read.
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

  /** The link that stands, or a new one where it broke. */
  function link(signal?: AbortSignal): Promise<Link> {
    if (closed) throw fail("E_INTERNAL", "a command came after the connection was closed");
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

  /** @returns undefined where sshd had no session left for it: it goes back into the line, which is shorter from now on */
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
        throw fail("E_UNREACHABLE", "sshd opens no session", outcome.why, "Raise MaxSessions in its sshd_config.");
      sessions.concurrency = Math.min(sessions.concurrency, sessions.activeCount - 1);
      return undefined;
    }
    if (outcome.kind === "lost") {
      const message = outcome.sent
        ? "the connection was lost while a command ran; what it did is unknown"
        : "the connection was lost before a command was sent";
      const why = `${over.ended() ?? "the session ended without an exit code"}; the command was:\n${excerpt(script)}`;
      throw fail("E_CONNECTION_LOST", message, why, READ_ANEW);
    }
    traffic.commands++;
    const { code, said } = outcome;
    if (said.instead !== undefined)
      throw notStarted({ host: machine, origin, user: target.user, sudo, code, said: said.instead });
    return { code, stdout: said.stdout, stderr: said.stderr };
  }

  async function run(script: string, runOptions: RunOptions = {}): Promise<Result> {
    // Who may stay for long takes no place in the line.
    const inLine: (work: () => Promise<Result | undefined>) => Promise<Result | undefined> = runOptions.listen
      ? (work) => work()
      : sessions;
    for (;;) {
      const result = await inLine(() => observed(observer, machine, script, () => attempt(script, runOptions)));
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
      throw fail("E_UNREACHABLE", `cannot reach ${host}:${port} from there`, why, hint);
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

import pLimit, { type LimitFunction } from "p-limit";
import type { Origin } from "../errors.ts";
import type { SshTarget } from "../inventory/cluster.ts";
import type { CommandObserver, Connection } from "./connection.ts";
import { SshConnection } from "./ssh-connection.ts";

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

/**
 * Connects to a machine over SSH, with strict host key checking. A command that was running when the connection broke throws
 * E_CONNECTION_LOST; the next one reconnects, so that the host can be read again.
 * @throws E_UNREACHABLE, E_HOST_KEY, E_AUTH, E_LOCAL; the signal's reason
 */
export async function connect(machine: string, target: SshTarget, options: ConnectOptions = {}): Promise<Connection> {
  const { origin, observer, connectTimeout = 10_000, keepaliveInterval = 5_000, handshakes = pLimit(1) } = options;
  const ownBastion =
    target.bastion && !options.bastion
      ? await connect(bastionName(target.bastion), target.bastion, {
          ...options,
          origin: target.bastion.origin ?? origin,
        })
      : undefined;
  const bastion = options.bastion ?? ownBastion;
  const settings = { machine, target, origin, observer, connectTimeout, keepaliveInterval, bastion, handshakes };
  const ssh = new SshConnection(settings);
  const close = async () => {
    await ssh.close();
    await ownBastion?.[Symbol.asyncDispose]();
  };
  try {
    await ssh.link(options.signal);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: machine,
    traffic: ssh.traffic,
    run: (script, runOptions) => ssh.run(script, runOptions),
    dial: (host, port) => ssh.dial(host, port),
    [Symbol.asyncDispose]: close,
  };
}

export function bastionName({ user, address, port }: SshTarget): string {
  return `bastion ${user}@${address}${port === 22 ? "" : `:${port}`}`;
}

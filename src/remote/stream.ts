import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { TripodError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Asked } from "./host-key.ts";
import { unreachable } from "./unreachable.ts";

/**
 * A TCP stream to a machine's sshd, from here or from its bastion.
 * @throws E_UNREACHABLE; the signal's reason
 */
export function openStream(asked: Asked, bastion: Connection | undefined, signal: AbortSignal): Promise<Duplex> {
  return bastion ? throughBastion(bastion, asked, signal) : direct(asked, signal);
}

/** Fails with the signal's reason. */
export async function aborted(signal: AbortSignal): Promise<never> {
  await once(signal, "abort");
  throw signal.reason as Error;
}

async function direct({ host, origin, target }: Asked, signal: AbortSignal): Promise<Duplex> {
  const socket = connectTcp({ host: target.address, port: target.port, noDelay: true });
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    throw unreachable(host, origin, `${target.address}:${target.port}`, cause);
  }
}

async function throughBastion(
  bastion: Connection,
  { host, origin, target }: Asked,
  signal: AbortSignal,
): Promise<Duplex> {
  const dialled = bastion.dial(target.address, target.port);
  try {
    return await Promise.race([dialled, aborted(signal)]);
  } catch (cause) {
    dialled.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    signal.throwIfAborted();
    if (!(cause instanceof TripodError)) throw cause;
    const { why, hint } = cause.details;
    throw new TripodError(cause.code, `${bastion.name}: ${cause.message}`, { host, origin, why, hint, cause });
  }
}

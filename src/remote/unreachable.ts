import { TripodError, type Origin } from "../errors.ts";
import type { Asked } from "./host-key.ts";

interface Reason {
  readonly message: string;
  readonly hint: string;
}

const SWITCHED_ON = "check that the machine is switched on and that its address is right";
const SSHD = "check that sshd runs there and that the port is right";
const NAME = "check the name, or use an address instead";

const REASONS: Readonly<Record<string, (at: string) => Reason>> = {
  ECONNREFUSED: (at) => ({ message: `nothing listens at ${at}`, hint: SSHD }),
  EHOSTUNREACH: (at) => ({ message: `no route to ${at}`, hint: SWITCHED_ON }),
  ENETUNREACH: (at) => ({
    message: `no route to the network of ${at}`,
    hint: "check whether this machine needs a VPN or a bastion to reach it",
  }),
  ETIMEDOUT: (at) => ({ message: `no answer from ${at}`, hint: SWITCHED_ON }),
  ECONNRESET: (at) => ({ message: `${at} closed the connection at once`, hint: `${SSHD}; a firewall may do this too` }),
  ENOTFOUND: (at) => ({ message: `unknown host name: ${withoutPort(at)}`, hint: NAME }),
  EAI_AGAIN: (at) => ({
    message: `could not resolve the host name: ${withoutPort(at)}`,
    hint: "check that this machine's name server answers",
  }),
};

function withoutPort(at: string): string {
  return at.replace(/:\d+$/, "");
}

/** E_UNREACHABLE with a sentence for the network's error. `at` is `address:port`. */
export function unreachable(host: string, origin: Origin | undefined, at: string, cause: unknown): TripodError {
  const { code = "", message = String(cause) } = cause as Partial<NodeJS.ErrnoException>;
  const reason = REASONS[code]?.(at) ?? { message: `cannot connect to ${at}`, hint: SSHD };
  return new TripodError("E_UNREACHABLE", reason.message, { host, origin, why: message, hint: reason.hint, cause });
}

/** No answer in time; `stage` is how far the connection got. */
export function noAnswer(host: string, origin: Origin | undefined, at: string, ms: number, stage: string): TripodError {
  const message = `no answer from ${at} within ${ms / 1000} s`;
  const hint =
    stage === "connecting"
      ? `${SWITCHED_ON}; a firewall that drops packets can be the cause too`
      : "check whether the machine is overloaded, or its sshd waits for a name server (set UseDNS no)";
  return new TripodError("E_UNREACHABLE", message, { host, origin, why: `while ${stage}`, hint });
}

/** The operator's own files could not be read in time. */
export function unread({ host, origin, target }: Asked, ms: number): TripodError {
  const message = `the key files and known_hosts files could not be read within ${ms / 1000} s`;
  const why = [...target.identityFiles, ...target.knownHostsFiles].join("\n");
  const hint = "check that all of them are ordinary files on a file system that answers";
  return new TripodError("E_LOCAL", message, { host, origin, why, hint });
}

/** The operator's SSH agent did not sign in time. */
export function unsigned({ host, origin }: Asked, ms: number): TripodError {
  const message = `the SSH agent did not sign the login within ${ms / 1000} s`;
  const hint = "check whether it waits for a confirmation or a touch; set a key file, or use a key that needs neither";
  return new TripodError("E_AUTH", message, { host, origin, hint });
}

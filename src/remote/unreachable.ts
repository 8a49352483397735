import { TripodError, type Origin } from "../errors.ts";
import type { Asked } from "./host-key.ts";

interface Reason {
  readonly message: string;
  readonly hint: string;
}

const SWITCHED_ON = "Is the machine switched on, and is its address right?";
const SSHD = "Does sshd run there, and is the port right?";
const NAME = "Is the name right? An address in its place needs no name server.";

const REASONS: Readonly<Record<string, (at: string) => Reason>> = {
  ECONNREFUSED: (at) => ({ message: `nothing listens at ${at}`, hint: SSHD }),
  EHOSTUNREACH: (at) => ({ message: `no way leads to ${at}`, hint: SWITCHED_ON }),
  ENETUNREACH: (at) => ({
    message: `no way leads to the network of ${at}`,
    hint: "Does this machine need a VPN or a bastion?",
  }),
  ETIMEDOUT: (at) => ({ message: `no answer from ${at}`, hint: SWITCHED_ON }),
  ECONNRESET: (at) => ({ message: `${at} closed the connection at once`, hint: `${SSHD} A firewall may do this too.` }),
  ENOTFOUND: (at) => ({ message: `the name in ${at} is not known`, hint: NAME }),
  EAI_AGAIN: (at) => ({
    message: `the name in ${at} could not be looked up`,
    hint: "Does this machine's name server answer?",
  }),
};

/** E_UNREACHABLE with a sentence for what the network said. `at` is `address:port`. */
export function unreachable(host: string, origin: Origin | undefined, at: string, cause: unknown): TripodError {
  const { code = "", message = String(cause) } = cause as Partial<NodeJS.ErrnoException>;
  const reason = REASONS[code]?.(at) ?? { message: `cannot connect to ${at}`, hint: SSHD };
  return new TripodError("E_UNREACHABLE", reason.message, { host, origin, why: message, hint: reason.hint, cause });
}

/** Nobody answered in time; `stage` says how far it went. */
export function noAnswer(host: string, origin: Origin | undefined, at: string, ms: number, stage: string): TripodError {
  const message = `no answer from ${at} within ${ms / 1000} s`;
  const hint =
    stage === "connecting"
      ? `${SWITCHED_ON} A firewall that drops packets looks like this too.`
      : "The machine may be overloaded, or its sshd be waiting for a name server (UseDNS no).";
  return new TripodError("E_UNREACHABLE", message, { host, origin, why: `while ${stage}`, hint });
}

/** The operator's own files could not be read in time. */
export function unread({ host, origin, target }: Asked, ms: number): TripodError {
  const message = `the key files and known_hosts files could not be read within ${ms / 1000} s`;
  const why = [...target.identityFiles, ...target.knownHostsFiles].join("\n");
  const hint = "Are all of them ordinary files, on a file system that answers?";
  return new TripodError("E_LOCAL", message, { host, origin, why, hint });
}

/** The operator's SSH agent was asked for a signature and gave none in time. */
export function unsigned({ host, origin }: Asked, ms: number): TripodError {
  const message = `the SSH agent did not sign the login within ${ms / 1000} s`;
  const hint =
    "Does it wait for a confirmation, or a key to be touched? Name a key file, or give the agent a key that needs neither.";
  return new TripodError("E_AUTH", message, { host, origin, hint });
}

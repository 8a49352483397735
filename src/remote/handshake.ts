import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client, type MacAlgorithm } from "ssh2";
import { TripodError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import type { Connection } from "./connection.ts";
import { loadCredentials, type Credentials } from "./credentials.ts";
import { hostKeyAlgorithms, judgeHostKey, noRecordedType, type Asked } from "./host-key.ts";
import { lookupHost, type KnownHost } from "./known-hosts.ts";
import { aborted, openStream } from "./stream.ts";
import { noAnswer, unread, unreachable, unsigned } from "./unreachable.ts";

/** A login at one sshd, while it lasts. */
export interface Link {
  readonly client: Client;
  /** Why it ended; undefined while it lasts. */
  ended(): string | undefined;
  close(): void;
}

export interface LinkOptions {
  readonly asked: Asked;
  /** The bastion, which opens the TCP connection. */
  readonly bastion?: Connection;
  /** ms for everything: key files and agent, TCP, key exchange, login. */
  readonly timeout: number;
  /** ms between two keepalive requests; after three without an answer the connection is lost. */
  readonly keepaliveInterval: number;
  readonly signal?: AbortSignal;
}

/**
 * Connects, checks the host key and logs in.
 * @throws E_UNREACHABLE, E_HOST_KEY, E_AUTH, E_LOCAL; the signal's reason
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const { asked, bastion, timeout, signal } = options;
  const { host, origin, target } = asked;
  signal?.throwIfAborted();
  const at = `${target.address}:${target.port}`;
  const attempt: Attempt = { stage: READING, abort: new AbortController() };
  const late = AbortSignal.timeout(timeout);
  const why = () => {
    if (attempt.stage === READING) return unread(asked, timeout);
    if (attempt.agent?.owesAnswer) return unsigned(asked, timeout);
    return noAnswer(host, origin, at, timeout, attempt.stage);
  };
  const stop = () => attempt.abort.abort(signal?.aborted ? signal.reason : why());
  late.addEventListener("abort", stop);
  signal?.addEventListener("abort", stop);
  try {
    const loginData = Promise.all([
      lookupHost(target.knownHostsFiles, target.address, target.port),
      loadCredentials(target),
    ]);
    const [known, credentials] = await Promise.race([loginData, aborted(attempt.abort.signal)]);
    attempt.agent = credentials.agent;
    attempt.stage = "connecting";
    const socket = await openStream(asked, bastion, attempt.abort.signal);
    return await shakeHands(socket, { ...options, known, credentials }, attempt);
  } finally {
    attempt.agent?.giveUp();
    late.removeEventListener("abort", stop);
    signal?.removeEventListener("abort", stop);
  }
}

/** ssh2's defaults, in its order, without those of SHA-1: RFC 6668; RFC 9142 deprecates SHA-1. */
const MACS: MacAlgorithm[] = [
  "hmac-sha2-256-etm@openssh.com",
  "hmac-sha2-512-etm@openssh.com",
  "hmac-sha2-256",
  "hmac-sha2-512",
];

const READING = "reading";
const LOGIN = "logging in";

interface Attempt {
  stage: string;
  agent?: Agent;
  readonly abort: AbortController;
}

/** The known keys of the host, and the ways to log in. */
interface LoginData {
  readonly asked: Asked;
  readonly known: KnownHost;
  readonly credentials: Credentials;
}

function shakeHands(socket: Duplex, options: LinkOptions & LoginData, attempt: Attempt): Promise<Link> {
  const { asked, known, credentials, keepaliveInterval } = options;
  const { host, origin, target } = asked;
  const client = new Client();
  let ended: string | undefined;
  const close = () => {
    ended ??= "Tripod closed it";
    client.end();
    // Not only `end`: a lost host would never answer it.
    if (socket instanceof Socket) socket.destroySoon();
    else socket.destroy();
  };
  // A bastion reports that the host has ended, but keeps its own side open: ssh2 would wait for ever.
  if (!(socket instanceof Socket)) socket.once("end", close);
  attempt.stage = "waiting for its SSH greeting";
  return new Promise((resolve, reject) => {
    let refused: TripodError | undefined;
    const fail = (error: Error) => {
      close();
      reject(error);
    };
    const abort = () => fail(attempt.abort.signal.reason as Error);
    attempt.abort.signal.addEventListener("abort", abort);
    // Never removed: errors may come late, twice, and after the end.
    client.on("error", (error: Error & { level?: string }) => {
      if (error.level === "agent") return;
      ended ??= error.message;
      fail(refused ?? explain(error, attempt.stage, options));
    });
    client.on("close", () => {
      ended ??= "the host closed it";
      fail(refused ?? explain(new Error("it closed the connection"), attempt.stage, options));
    });
    client.on("handshake", () => (attempt.stage = LOGIN));
    client.on("ready", () => {
      attempt.abort.signal.removeEventListener("abort", abort);
      resolve({ client, ended: () => ended, close });
    });
    try {
      client.connect({
        sock: socket,
        username: target.user,
        authHandler: [...credentials.methods],
        algorithms: { serverHostKey: hostKeyAlgorithms(known), hmac: MACS },
        hostVerifier: (key: Buffer) => (refused = judgeHostKey(key, known, asked)) === undefined,
        keepaliveInterval,
        keepaliveCountMax: 3,
        readyTimeout: 0,
      });
    } catch (cause) {
      fail(unreachable(host, origin, `${target.address}:${target.port}`, cause));
    }
  });
}

/** What went wrong between the first byte and the login. */
function explain(
  error: Error & { level?: string },
  stage: string,
  { asked, known, credentials }: LoginData,
): TripodError {
  const { host, origin, target } = asked;
  const at = `${target.address}:${target.port}`;
  const details = { host, origin, cause: error };
  if (error.level === "client-socket") return unreachable(host, origin, at, error);
  if (error.message.includes("no matching host key format") && known.keys.length > 0)
    return noRecordedType(known, asked);
  if (stage === LOGIN) {
    const said = error.level === "client-authentication" ? [] : [error.message];
    const why = [...credentials.account, ...said].join("\n");
    const hint =
      credentials.hint ??
      `Add your public key to ~${target.user}/.ssh/authorized_keys on the host, and check the user's name.`;
    return new TripodError("E_AUTH", `${at} did not let ${target.user} log in`, { ...details, why, hint });
  }
  const why = `while ${stage}: ${error.message}`;
  const hint = error.message.includes("no matching")
    ? "its sshd offers only algorithms that are considered insecure; update it, or allow more in its sshd_config (KexAlgorithms, Ciphers, MACs)"
    : "check that an sshd listens there, and that neither MaxStartups (too many logins at once) nor a ban (fail2ban) rejects the connection";
  return new TripodError("E_UNREACHABLE", `no SSH connection to ${at}`, { ...details, why, hint });
}

import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { connect as tlsConnect, type SecureContext } from "node:tls";
import { TripodError } from "../errors.ts";
import type { Connection } from "../remote/connection.ts";

/** Opens a TCP connection from the operator's machine, or from one of the hosts. */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<Duplex>;

export interface Destination {
  readonly dial: Dial;
  readonly host: string;
  readonly port: number;
  /** The authority, and the client's certificate and key; absent: plain HTTP. */
  readonly tls?: SecureContext;
}

export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly accept?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** Why a request failed, as a word that can be counted: `refused`, `timeout`, `reset`, `503`. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export const dialFromOperator: Dial = (host, port, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });

/** Over the SSH connection to a host; its sshd opens the connection, so the result is what a client on that host would see. */
export function dialFromHost(connection: Connection): Dial {
  return (host, port, signal) =>
    new Promise((resolve, reject) => {
      const give = () => reject(new NoAnswer("timeout"));
      if (signal.aborted) {
        give();
        return;
      }
      signal.addEventListener("abort", give, { once: true });
      connection.dial(host, port).then(
        (socket) => {
          socket.on("error", () => undefined);
          if (signal.aborted) socket.destroy();
          else resolve(socket);
        },
        (error: unknown) => reject(error as Error),
      );
    });
}

/** Opens a connection and closes it again. @throws NoAnswer */
export async function checkConnection({ dial, host, port }: Destination, signal: AbortSignal): Promise<void> {
  try {
    (await dial(host, port, signal)).destroy();
  } catch (error) {
    throw noAnswer(error, signal);
  }
}

/** Limit for the body of an answer, characters: a page of a list has five hundred objects of some kB. */
const LARGEST = 64 * 2 ** 20;

/** One request over a fresh connection. An answer of any status is returned. @throws NoAnswer where there is none, or it does not end */
export async function sendRequest(
  endpoint: Destination,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const parts: string[] = [];
  let length = 0;
  const status = await streamRequest(endpoint, request, signal, (text) => {
    parts.push(text);
    length += text.length;
    if (length > LARGEST) throw new NoAnswer("too long");
  });
  return { status, body: parts.join("") };
}

/**
 * The same, but the body is passed on piece by piece as it arrives. Resolves with the status when the answer has ended.
 * @throws NoAnswer, also what `onText` throws: then nothing more is read
 */
export async function streamRequest(
  endpoint: Destination,
  { method = "GET", path, body, accept = "application/json" }: HttpRequest,
  signal: AbortSignal,
  onText: (text: string, status: number) => void,
): Promise<number> {
  let socket: Duplex | undefined;
  try {
    const plain = await endpoint.dial(endpoint.host, endpoint.port, signal);
    plain.on("error", () => undefined);
    socket = plain;
    if (endpoint.tls) socket = tlsConnect({ socket: plain, host: endpoint.host, secureContext: endpoint.tls });
    return await exchange(socket, { endpoint, method, path, body, accept, signal }, onText);
  } catch (error) {
    throw noAnswer(error, signal);
  } finally {
    socket?.destroy();
  }
}

interface Exchange extends Omit<HttpRequest, "body"> {
  readonly endpoint: Destination;
  readonly body: object | undefined;
  readonly signal: AbortSignal;
}

function exchange(
  socket: Duplex,
  { endpoint, method, path, body, accept, signal }: Exchange,
  onText: (text: string, status: number) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const text = body && JSON.stringify(body);
    const headers = {
      host: `${endpoint.host}:${endpoint.port}`,
      accept,
      connection: "close",
      ...(text && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    };
    // Never removed: an error after the answer does not matter any more, but without a listener it would end the process.
    socket.on("error", reject);
    const asked = httpRequest({ method, path, headers, signal, createConnection: () => socket });
    asked.once("error", reject);
    asked.once("response", (response) => {
      const status = response.statusCode ?? 0;
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        try {
          onText(piece, status);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      response.once("end", () => (response.complete ? resolve(status) : reject(new NoAnswer("reset"))));
      response.once("error", reject);
    });
    asked.end(text);
  });
}

const KINDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
};

function noAnswer(error: unknown, signal: AbortSignal): NoAnswer {
  if (error instanceof NoAnswer) return error;
  if (signal.aborted) return new NoAnswer("timeout");
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (error instanceof TripodError) return new NoAnswer(sshdFailure(error), { cause: error });
  return new NoAnswer(KINDS[code] ?? (code || message), { cause: error });
}

/** sshd reports in words why it could not connect. */
function sshdFailure({ code, details }: TripodError): string {
  if (code === "E_CONNECTION_LOST") return "lost";
  const why = details.why ?? "";
  if (/refused/i.test(why)) return "refused";
  if (/timed out/i.test(why)) return "timeout";
  return /no route|unreachable/i.test(why) ? "unreachable" : "lost";
}

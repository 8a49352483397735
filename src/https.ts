import { rootCertificates } from "node:tls";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";

export interface Access {
  readonly signal: AbortSignal;
  /** Certificates of authorities that are trusted in addition to Node's own, PEM. */
  readonly ca?: string | undefined;
  /** The first byte that is wanted; the answer is 206 where the server can do that, else 200 with the whole. Default: 0. */
  readonly from?: number;
  /** The media types that are wanted. */
  readonly accept?: string;
  /** Bearer tokens by the origin that asked for one. Each is sent there only: no redirect carries it to another. */
  readonly tokens?: ReadonlyMap<string, string>;
}

/** The server answers with another status than 2xx. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  /** Of the server that answered, after redirects. */
  readonly origin: string;
  /** Of 401: how the server wants to be asked (the header WWW-Authenticate). */
  readonly challenge: string;

  constructor({ status, statusText, headers }: Response, { origin }: URL) {
    super(`${status} ${statusText}`.trim());
    this.status = status;
    this.origin = origin;
    this.challenge = headers.get("www-authenticate") ?? "";
  }
}

/** More redirects than any download needs. */
const HOPS = 5;

/**
 * Fetches an https:// URL from the operator's machine, through the proxy of its environment (https_proxy, no_proxy). Redirects are followed
 * by hand: none of them may leave TLS, where an attacker on the network could replace the content.
 * @returns the response, whose status is 2xx; its body streams
 * @throws HttpError for another status; Error with the reason: the TLS or network failure, a redirect that is refused
 */
export async function httpsGet(address: string, access: Access): Promise<Response> {
  // undici asks a signal how many listeners it allows, which Node 20 refuses for one that allows any number.
  const signal = AbortSignal.any([access.signal]);
  const dispatcher = dispatcherFor(access.ca);
  let url = new URL(address);
  for (let hop = 0; hop <= HOPS; hop += 1) {
    const response = await fetch(url, { signal, redirect: "manual", dispatcher, headers: headersFor(url, access) });
    const location = response.headers.get("location");
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status < 300 || response.status > 399 || location === null) throw new HttpError(response, url);
    url = new URL(location, url);
    if (url.protocol !== "https:") throw new Error(`it redirects to ${url.origin}, which is not https`);
  }
  throw new Error(`more than ${HOPS} redirects`);
}

function headersFor({ origin }: URL, { from = 0, accept, tokens }: Access): Record<string, string> {
  const token = tokens?.get(origin);
  return {
    ...(from > 0 && { range: `bytes=${from}-` }),
    ...(accept !== undefined && { accept }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

/** A stream as a whole. @param most MiB @throws Error where it is larger */
export async function readWhole(chunks: AsyncIterable<unknown> | null, most: number): Promise<Buffer> {
  const all: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks ?? []) {
    all.push(Buffer.from(chunk as Uint8Array));
    size += all.at(-1)?.length ?? 0;
    if (size > most * 2 ** 20) throw new Error(`it is larger than ${most} MiB`);
  }
  return Buffer.concat(all);
}

/** A checksum file or a key as a whole: at most a MiB, within 30 s. @throws as `httpsGet`; Error where it is larger or takes longer */
export async function fetchSmall(url: string, { signal, ca }: Access): Promise<Buffer> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
  return readWhole((await httpsGet(url, { signal: within, ca })).body, 1);
}

/** fetch reports only that it failed; the reason is in its cause. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

const dispatchers = new Map<string, EnvHttpProxyAgent>();

/** One for each authority, so that connections are kept. */
function dispatcherFor(ca: string | undefined): EnvHttpProxyAgent {
  const known = dispatchers.get(ca ?? "");
  if (known) return known;
  const connect = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const made = new EnvHttpProxyAgent({ connect, requestTls: connect });
  dispatchers.set(ca ?? "", made);
  return made;
}

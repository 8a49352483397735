import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createAuthority, issue } from "../src/pki/authority.ts";
import type { Artifact } from "../src/releases/artifact.ts";
import { checksumOf } from "../src/releases/checksum.ts";
import { downloaded } from "../src/releases/download.ts";
import { temporaryFolder } from "./support/programs.ts";
import { failure } from "./support/sshd.ts";

const now = new Date();
const lasting = { keys: "ecdsa-p256", validityDays: 2 } as const;
const authority = await createAuthority({ commonName: "mirror", ...lasting }, now);
const server = await issue(
  authority,
  { commonName: "m", sans: ["127.0.0.1"], usages: ["serverAuth"], ...lasting },
  now,
);
const TLS: ServerOptions = { cert: server.certificate, key: server.key.reveal() };
const ca = authority.certificate;
const { signal } = new AbortController();

beforeEach(() => vi.stubEnv("XDG_CACHE_HOME", temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A mirror on this machine with a certificate of its own; what it was asked for. */
async function mirror(answer: Answer): Promise<{ artifact: Artifact; asked: string[] }> {
  const asked: string[] = [];
  const listening = createServer(TLS, (request, response) => {
    asked.push(`${request.url ?? ""} ${request.headers.range ?? "all"}`);
    answer(request, response);
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const url = `https://127.0.0.1:${(listening.address() as AddressInfo).port}/kubelet`;
  return { artifact: { name: "kubelet", version: "1.36.3", url, checksums: `${url}.sha256`, files: [] }, asked };
}

const content = Buffer.from("a program that takes a while to arrive");
const sha256 = createHash("sha256").update(content).digest("hex");
const fetching = { signal, ca, progress: () => undefined };

/** Sends the content from where it is wanted; the first time only its beginning, and then the connection breaks. */
function breakingOnce(): Answer {
  let broke = false;
  return (request, response) => {
    const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": content.length - from });
    if (broke) return response.end(content.subarray(from));
    broke = true;
    response.write(content.subarray(0, 10), () => setTimeout(() => response.destroy(), 50));
    return undefined;
  };
}

test("a download to this machine that breaks continues where it broke", async () => {
  const { artifact, asked } = await mirror(breakingOnce());
  const path = await downloaded(artifact, sha256, fetching);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(asked).toEqual(["/kubelet all", "/kubelet bytes=10-"]);
  expect(await downloaded(artifact, sha256, fetching)).toBe(path);
  expect(asked).toHaveLength(2);
});

test.each<[string, Answer, string, RegExp]>([
  [
    "another content",
    (_, response) => response.end("something else"),
    "E_REFUSED",
    /does not match its published checksum/,
  ],
  ["a file that is not there", (_, response) => response.writeHead(404).end(), "E_LOCAL", /cannot fetch https:/],
  [
    "a way that leaves TLS",
    (_, response) => response.writeHead(302, { location: "http://127.0.0.1/kubelet" }).end(),
    "E_LOCAL",
    /cannot fetch/,
  ],
])("%s is refused", async (_, answer, code, message) => {
  const { artifact } = await mirror(answer);
  const error = await failure(downloaded(artifact, sha256, fetching));
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test("a mirror whose authority is not trusted is refused, and its checksum is not taken", async () => {
  const { artifact, asked } = await mirror((_, response) => response.end(sha256));
  expect((await failure(checksumOf(artifact, { signal }))).details.why).toMatch(/self-signed|unable to (verify|get)/);
  expect(asked).toEqual([]);
  expect(await checksumOf(artifact, { signal, ca })).toBe(sha256);
});

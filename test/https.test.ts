import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Artifact } from "../src/releases/artifact.ts";
import { checksumOf } from "../src/releases/checksum.ts";
import { downloaded } from "../src/releases/download.ts";
import { cacheFolder } from "../src/xdg.ts";
import { type Answer, ca, httpsServer } from "./support/https-server.ts";
import { temporaryFolder } from "./support/programs.ts";
import { failure } from "./support/sshd.ts";

const { signal } = new AbortController();

beforeEach(() => vi.stubEnv("XDG_CACHE_HOME", temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());

/** A mirror on this machine with a certificate of its own; what it was asked for. */
async function mirror(answer: Answer): Promise<{ artifact: Artifact; asked: string[] }> {
  const asked: string[] = [];
  const origin = await httpsServer((request, response) => {
    asked.push(`${request.url ?? ""} ${request.headers.range ?? "all"}`);
    answer(request, response);
  });
  const url = `${origin}/kubelet`;
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

test("a file that is kept, but not as it was published, is fetched again", async () => {
  const { artifact, asked } = await mirror((_, response) => response.end(content));
  const folder = join(cacheFolder(), "releases", sha256);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "kubelet"), content.subarray(0, 10));
  expect(readFileSync(await downloaded(artifact, sha256, fetching)).equals(content)).toBe(true);
  expect(asked).toEqual(["/kubelet all"]);
});

test("a signal to which any number of operations listen can stop a download too", async () => {
  const { artifact } = await mirror((_, response) => response.end(content));
  const many = new AbortController();
  setMaxListeners(0, many.signal);
  expect(readFileSync(await downloaded(artifact, sha256, { ...fetching, signal: many.signal })).equals(content)).toBe(
    true,
  );
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

import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import {
  officialKubernetes,
  officialKubernetesPlace,
  officialReleaseAnswers,
} from "../../src/lab/official-kubernetes.ts";
import { temporaryFolder } from "../support/programs.ts";

beforeEach(() => {
  vi.stubEnv("XDG_CACHE_HOME", temporaryFolder());
  return () => vi.unstubAllEnvs();
});

const quiet = { progress: () => undefined };

/** A site that has v1.36.3, each program's content being its name; `tampered` ones differ from their published sums. */
async function site(tampered: string[] = []): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    const [, version, program = "", sum] = /^\/v([\d.]+)\/bin\/linux\/\w+\/([\w-]+)(\.sha256)?$/.exec(url) ?? [];
    if (version !== "1.36.3") response.writeHead(404).end();
    else if (sum) response.end(`${createHash("sha256").update(program).digest("hex")}\n`);
    else response.end(tampered.includes(program) ? "something else" : program);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a release is downloaded completely, as executable programs", async () => {
  const folder = await officialKubernetes("1.36.3", quiet, await site());
  expect(folder).toBe(officialKubernetesPlace("1.36.3"));
  expect(await readFile(join(folder, "kube-apiserver"), "utf8")).toBe("kube-apiserver");
  expect((await stat(join(folder, "kubelet"))).mode & 0o111).not.toBe(0);
});

test("a file with another digest than the published one is refused, and nothing is kept", async () => {
  const download = officialKubernetes("1.36.3", quiet, await site(["kubectl"]));
  await expect(download).rejects.toMatchObject({
    code: "E_LAB",
    message: expect.stringMatching(/downloading .*\/kubectl failed/) as string,
    details: { why: expect.stringContaining("SHA-256") as string },
  });
  expect(existsSync(officialKubernetesPlace("1.36.3"))).toBe(false);
});

test("a missing release and an unreachable network are different results", async () => {
  const there = await site();
  expect(await officialReleaseAnswers("1.36.3", undefined, there)).toBe(true);
  await expect(officialReleaseAnswers("1.36.99", undefined, there)).rejects.toThrow(
    "Kubernetes 1.36.99 has no official release",
  );
  expect(await officialReleaseAnswers("1.36.3", undefined, "http://127.0.0.1:1")).toBe(false);
});

import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Host } from "../../src/host.ts";
import { manifestText } from "../../src/phases/manifest-text.ts";
import { networkManifest } from "../../src/phases/network-manifest.ts";
import { manifestReadable } from "../../src/phases/preflight/manifest.ts";
import { createAuthority, issue, type KeyPair } from "../../src/pki/authority.ts";
import { testCluster } from "../support/cluster.ts";
import { testContext } from "../support/context.ts";
import { temporaryFolder } from "../support/programs.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";

const TEXT = "kind: DaemonSet\nmetadata: {name: net}\n";
const SHA256 = createHash("sha256").update(TEXT).digest("hex");

let pair: KeyPair;
beforeAll(async () => {
  const more = { keys: "ecdsa-p256", validityDays: 1 } as const;
  const authority = await createAuthority({ commonName: "test", ...more }, new Date());
  const request = { commonName: "test", sans: ["127.0.0.1"], usages: ["serverAuth"], ...more } as const;
  pair = await issue(authority, request, new Date());
});

/** Serves on this machine alone, until the test is over; its URL. */
async function served(answer: RequestListener): Promise<string> {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  const server = createServer({ cert: pair.certificate, key: pair.key.reveal() }, answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function read(manifest: string, sha256?: string): Promise<string> {
  const network = { manifest, ...(sha256 && { sha256 }) };
  return manifestText(testContext(testCluster({ network }), []), network);
}

test("a manifest is fetched over TLS, also where it has moved", async () => {
  const url = await served(({ url: path }, response) => {
    if (path === "/old") response.writeHead(302, { location: "/new" }).end();
    else response.end(TEXT);
  });
  expect(await read(`${url}/old`, SHA256)).toBe(TEXT);
});

test("a manifest whose last redirect leaves TLS is refused", async () => {
  const url = await served((_, response) => response.writeHead(302, { location: "http://example.org/cni.yaml" }).end());
  expect(await failure(read(url))).toMatchObject({
    code: "E_LOCAL",
    details: { why: "it redirects to http://example.org, which is not https" },
  });
});

test("a server that redirects for ever is given up", async () => {
  const url = await served((_, response) => response.writeHead(302, { location: "/again" }).end());
  expect(await failure(read(url))).toMatchObject({ code: "E_LOCAL", details: { why: "more than 5 redirects" } });
});

test("a token in an address is in no message and in no record", async () => {
  const url = `${await served((_, response) => response.writeHead(404).end())}/cni.yaml?token=s3cret`;
  const error = await failure(read(url));
  expect(error.message).toMatch(/\/cni\.yaml\?…$/);
  expect(JSON.stringify(error)).not.toContain("s3cret");
  const file = `${await served((_, response) => response.end(TEXT))}/cni.yaml?token=s3cret`;
  const cluster = testCluster({ network: { manifest: file } });
  const context = testContext(
    cluster,
    cluster.machines.map((machine) => scriptedHost({ machine })),
  );
  const resources = await networkManifest.resources(context.hosts[0] as Host, context);
  expect(resources.map(({ name }) => name)).toEqual([expect.stringMatching(/cni\.yaml\?…$/)]);
});

test("a server that never stops sending is given up", async () => {
  let sent = 0;
  const url = await served((_, response) => {
    const more = () => {
      while (response.write("#".repeat(65_536))) sent += 1;
      response.once("drain", more);
    };
    more();
  });
  expect(await failure(read(url))).toMatchObject({ code: "E_LOCAL", details: { why: "it is larger than 10 MiB" } });
  expect(sent * 65_536).toBeLessThan(50 * 2 ** 20);
});

test("a server's error status, and an untrusted certificate, are reported", async () => {
  const url = await served((_, response) => response.writeHead(404).end());
  expect(await failure(read(url))).toMatchObject({ details: { why: "404 Not Found" } });
  vi.unstubAllEnvs();
  expect(await failure(read(url))).toMatchObject({
    details: { why: expect.stringContaining("certificate") as string },
  });
});

test("a manifest that does not match the inventory's digest is refused before anything is changed", async () => {
  const file = join(temporaryFolder(), "cni.yaml");
  writeFileSync(file, "kind: Planted\n");
  const cluster = testCluster({ network: { manifest: file, sha256: SHA256 } });
  const hosts = cluster.machines.map((machine) => scriptedHost({ machine }));
  const context = testContext(cluster, hosts);
  const looked = await Promise.allSettled(hosts.map(async (host) => manifestReadable.examine(host, context)));
  expect(looked.map(({ status }) => status)).toEqual(["rejected", ...hosts.slice(1).map(() => "fulfilled")]);
  expect(looked[0]).toMatchObject({
    reason: { code: "E_REFUSED", details: { why: expect.stringContaining(SHA256) as string } },
  });
  writeFileSync(file, TEXT);
  expect(await read(file, SHA256)).toBe(TEXT);
});

test("Ctrl-C while a site does not answer is not reported as an error of the manifest", async () => {
  const stop = new AbortController();
  const stopped = new Error("stopped");
  const url = await served(() => stop.abort(stopped));
  const context = { ...testContext(testCluster({ network: { manifest: url } }), []), signal: stop.signal };
  await expect(manifestText(context, { manifest: url })).rejects.toBe(stopped);
});

import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Authority, createAuthority, issue, type KeyPair } from "../../src/pki/authority.ts";
import { etcdAuthority, etcdCertificates } from "../../src/pki/etcd.ts";

const settings = { keys: "ecdsa-p256", validity: 365 } as const;

describe("A master's etcd certificates", () => {
  const certificates = etcdCertificates({ name: "m1", address: "10.0.0.11" }, settings);

  it("are where kubeadm and the unit expect them, each key readable by its user", () => {
    const { certificate, key, copies } = etcdAuthority;
    const files = [certificate, key, ...copies, ...certificates.flatMap((pair) => [pair.certificate, pair.key])];
    expect(files.map(({ path, mode, owner, group }) => `${mode.toString(8)} ${owner}:${group} ${path}`)).toEqual([
      "644 root:root /etc/etcd/pki/ca.crt",
      "600 root:root /etc/etcd/pki/ca.key",
      "644 root:root /etc/kubernetes/pki/etcd/ca.crt",
      "644 root:root /etc/etcd/pki/server.crt",
      "640 root:etcd /etc/etcd/pki/server.key",
      "644 root:root /etc/etcd/pki/peer.crt",
      "640 root:etcd /etc/etcd/pki/peer.key",
      "644 root:root /etc/etcd/pki/healthcheck-client.crt",
      "600 root:root /etc/etcd/pki/healthcheck-client.key",
      "644 root:root /etc/kubernetes/pki/apiserver-etcd-client.crt",
      "600 root:root /etc/kubernetes/pki/apiserver-etcd-client.key",
    ]);
  });

  it("contain every name of the member, and none of the clients", () => {
    const names = ["m1", "10.0.0.11", "localhost", "127.0.0.1", "::1"];
    expect(certificates.map(({ request }) => [request.commonName, request.usages, request.sans])).toEqual([
      ["m1", ["serverAuth", "clientAuth"], names],
      ["m1", ["serverAuth", "clientAuth"], names],
      ["kube-etcd-healthcheck-client", ["clientAuth"], []],
      ["kube-apiserver-etcd-client", ["clientAuth"], []],
    ]);
  });
});

const missing = ["etcd", "etcdctl"].filter((program) => spawnSync(program, ["--help"]).error);

describe.skipIf(missing.length > 0)(
  `A real etcd${missing.map((program) => `, but ${program} is missing`).join("")}`,
  () => {
    const undo: (() => unknown)[] = [];
    let member: Member;
    beforeAll(async () => {
      member = await startMember(undo);
    }, 60_000);
    afterAll(async () => {
      for (const step of undo.toReversed()) await step();
    });

    it("is healthy to the health check's client", async () => {
      const health = await member.etcdctl("endpoint", "health");
      expect(health).toContain("is healthy");
    });

    it("serves the API server's client, and reaches itself through its own gateway", async () => {
      const status = await member.ask(member.pairs["kube-apiserver-etcd-client"]);
      expect(JSON.parse(status)).toHaveProperty("version");
    });

    it("refuses a caller without a certificate", async () => {
      await expect(member.ask()).rejects.toThrow(/bad certificate|certificate required/);
    });

    it("refuses a client with a certificate of another authority of the same name", async () => {
      const impostor = await issue(await authorityOf(), clientRequest(), new Date());
      await expect(member.ask(impostor)).rejects.toThrow(/bad certificate|unknown ca/i);
    });
  },
);

interface Member {
  readonly pairs: Readonly<Record<string, KeyPair>>;
  etcdctl(...args: string[]): Promise<string>;
  /** Asks for the status through etcd's HTTP gateway. */
  ask(pair?: KeyPair): Promise<string>;
}

async function startMember(undo: (() => unknown)[]): Promise<Member> {
  const root = mkdtempSync(join(tmpdir(), "tripod-etcd-"));
  undo.push(() => rmSync(root, { recursive: true }));
  const { authority, pairs } = await layDown(root);
  const [client, peer] = await freePorts();
  const pki = join(root, "etc/etcd/pki");
  const url = `https://127.0.0.1:${client}`;
  const etcd = spawn("etcd", memberFlags(root, pki, url, `https://localhost:${peer}`), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  undo.push(async () => etcd.exitCode === null && etcd.kill() && (await once(etcd, "exit")));
  await readiness(etcd);

  const clientFlags = [
    "--cacert",
    `${pki}/ca.crt`,
    "--cert",
    `${pki}/healthcheck-client.crt`,
    "--key",
    `${pki}/healthcheck-client.key`,
  ];
  return {
    pairs,
    etcdctl: async (...args) => {
      const { stdout, stderr } = await promisify(execFile)("etcdctl", ["--endpoints", url, ...clientFlags, ...args]);
      return stdout + stderr;
    },
    ask: (pair) => post(`${url}/v3/maintenance/status`, authority, pair),
  };
}

function memberFlags(root: string, pki: string, client: string, peer: string): string[] {
  const tls = (prefix: string, name: string) => [
    `--${prefix}client-cert-auth`,
    `--${prefix}trusted-ca-file=${pki}/ca.crt`,
    `--${prefix}cert-file=${pki}/${name}.crt`,
    `--${prefix}key-file=${pki}/${name}.key`,
  ];
  return [
    ...[...tls("", "server"), ...tls("peer-", "peer"), "--name=m1", `--data-dir=${root}/data`],
    ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=m1=${peer}`],
  ];
}

/** Makes everything that is on a master's list and writes it below `root`. */
async function layDown(root: string): Promise<{ authority: Authority; pairs: Record<string, KeyPair> }> {
  const authority = await authorityOf();
  write(root, etcdAuthority.certificate.path, authority.certificate);
  const pairs: Record<string, KeyPair> = {};
  for (const { certificate, key, request } of etcdCertificates({ name: "m1", address: "127.0.0.1" }, settings)) {
    const pair = await issue(authority, request, new Date());
    write(root, certificate.path, pair.certificate);
    write(root, key.path, pair.key.reveal());
    pairs[request.commonName] = pair;
  }
  return { authority, pairs };
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode: 0o600 });
}

function authorityOf(): Promise<Authority> {
  const { commonName } = etcdAuthority;
  return createAuthority({ commonName, keys: "ecdsa-p256", validityDays: 3650 }, new Date());
}

function clientRequest() {
  const [request] = etcdCertificates({ name: "m1", address: "127.0.0.1" }, settings).map((files) => files.request);
  if (!request) throw new Error("no certificates");
  return request;
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, "127.0.0.1"), "listening");
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports as [number, number];
}

/** Waits for the line in which etcd logs that it serves; other output is the error. */
async function readiness(etcd: ChildProcess): Promise<void> {
  if (!etcd.stderr) throw new Error("etcd's output is not read");
  const said: string[] = [];
  for await (const line of createInterface({ input: etcd.stderr })) {
    said.push(line);
    if (line.includes("ready to serve client requests")) return void etcd.stderr.resume();
  }
  throw new Error(`etcd did not start:\n${said.slice(-5).join("\n")}`);
}

function post(url: string, authority: Authority, pair?: KeyPair): Promise<string> {
  return new Promise((resolve, reject) => {
    const identity = pair ? { cert: pair.certificate, key: pair.key.reveal() } : {};
    const options = { method: "POST", ca: authority.certificate, agent: false, ...identity };
    const asked = httpsRequest(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve(body)).on("error", reject);
    });
    asked.on("error", reject).end("{}");
  });
}

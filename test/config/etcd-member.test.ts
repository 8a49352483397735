import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { etcdEnvironment } from "../../src/config/etcd.ts";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import { etcdAuthority, etcdCertificates } from "../../src/pki/etcd.ts";
import { machineNamed, testCluster, testMachine } from "../support/cluster.ts";
import { because, missingPrograms, run, temporaryFolder } from "../support/programs.ts";

const cluster = testCluster({ masters: [testMachine("m1", "10.0.0.11", "master")], workers: [] });

const unable =
  process.getuid?.() === 0
    ? missingPrograms("etcd", "etcdctl", "unshare", "nsenter", "ip")
    : "needs root, for a network of its own";

describe.skipIf(unable)(`A real etcd${because(unable)}`, () => {
  it("accepts every setting, creates a cluster when asked to, and is healthy in it", async () => {
    const folder = await prepared();
    await using member = start(folder, "ETCD_INITIAL_CLUSTER_STATE=new\n");
    expect(await member.readyOrGone()).toBe("ready");
    expect(member.said.filter((line) => /unrecognized|deprecated|conflict/i.test(line))).toEqual([]);
    expect(member.etcdctl("endpoint", "health").said).toContain("https://127.0.0.1:2379 is healthy");
  });

  it("returns by itself into the cluster it has created", async () => {
    const folder = await prepared();
    await using(start(folder, "ETCD_INITIAL_CLUSTER_STATE=new\n"), async (member) => {
      await member.readyOrGone();
      expect(member.etcdctl("put", "city", "Basel").code).toBe(0);
    });
    await using again = start(folder, "");
    expect(await again.readyOrGone()).toBe("ready");
    expect(again.etcdctl("get", "city").said).toBe("city\nBasel\n");
  });

  it("that has lost its data refuses to start rather than create a second cluster", async () => {
    const folder = await prepared();
    await using(start(folder, "ETCD_INITIAL_CLUSTER_STATE=new\n"), (member) => member.readyOrGone());
    rmSync(join(folder, "data"), { recursive: true });
    await using again = start(folder, "");
    expect(await again.readyOrGone()).toBe("gone");
    expect(again.said.join("\n")).toMatch(/cannot fetch cluster info from peer urls/);
  });
});

interface Member extends AsyncDisposable {
  /** Its output so far, line by line. */
  readonly said: readonly string[];
  readyOrGone(): Promise<"ready" | "gone">;
  etcdctl(...args: string[]): ReturnType<typeof run>;
}

/** A folder with the certificates of m1. */
async function prepared(): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "pki"));
  const write = (path: string, text: string) =>
    writeFileSync(join(folder, "pki", basename(path)), text, { mode: 0o600 });
  const { commonName, certificate } = etcdAuthority;
  const authority = await createAuthority({ commonName, keys: "ecdsa-p256", validityDays: 10 }, new Date());
  write(certificate.path, authority.certificate);
  for (const files of etcdCertificates(machineNamed(cluster, "m1"), { keys: "ecdsa-p256", validity: 10 })) {
    const pair = await issue(authority, files.request, new Date());
    write(files.certificate.path, pair.certificate);
    write(files.key.path, pair.key.reveal());
  }
  return folder;
}

/** etcd in a network of its own, its settings as the unit reads them: our file first, then the one for the first start. */
function start(folder: string, bootstrap: string): Member {
  const settings = etcdEnvironment(cluster, machineNamed(cluster, "m1"))
    .replaceAll("/etc/etcd/pki", join(folder, "pki"))
    .replace("/var/lib/etcd", join(folder, "data"));
  const script = `ip link set lo up && ip addr add 10.0.0.11/32 dev lo && set -a && ${settings}${bootstrap}exec etcd`;
  const etcd = spawn("unshare", ["--net", "sh", "-c", script], { stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  const lines = createInterface({ input: etcd.stderr }).on("line", (line) => said.push(line));
  return {
    said,
    readyOrGone: () => {
      const ready = new Promise<"ready">((resolve) => {
        lines.on("line", (line) => {
          if (/serving client traffic securely.*127\.0\.0\.1:2379/.test(line)) resolve("ready");
        });
      });
      return Promise.race([ready, once(lines, "close").then((): "gone" => "gone")]);
    },
    etcdctl: (...args) => {
      const tls = { cacert: "ca.crt", cert: "healthcheck-client.crt", key: "healthcheck-client.key" };
      const flags = Object.entries(tls).map(([flag, file]) => `--${flag}=${join(folder, "pki", file)}`);
      const inside = ["-t", String(etcd.pid), "-n", "etcdctl", "--endpoints=https://127.0.0.1:2379"];
      return run("nsenter", ...inside, ...flags, ...args);
    },
    [Symbol.asyncDispose]: () => ended(etcd),
  };
}

async function ended(etcd: ChildProcess): Promise<void> {
  if (etcd.exitCode !== null || etcd.signalCode !== null) return;
  etcd.kill();
  await once(etcd, "exit");
}

async function using(member: Member, work: (member: Member) => Promise<unknown>): Promise<void> {
  await using own = member;
  await work(own);
}

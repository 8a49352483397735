import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, vi } from "vitest";
import type { Artifact } from "../../src/releases/artifact.ts";
import { release } from "../../src/resources/release.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { temporaryFolder } from "../support/programs.ts";
import { failure } from "../support/sshd.ts";
import { changesIn, walk } from "../support/walk.ts";

/** A release of a project: an archive with two programs, and one that is not installed. */
const folder = mkdtempSync(join(tmpdir(), "tripod-release-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "etcd-v3.6.14"));
for (const name of ["etcd", "etcdctl", "README"])
  writeFileSync(join(folder, "etcd-v3.6.14", name), `#!/bin/sh\necho ${name}\n`);
execFileSync("tar", ["-czf", join(folder, "etcd.tar.gz"), "-C", folder, "etcd-v3.6.14"]);
const archive = readFileSync(join(folder, "etcd.tar.gz"));
const sha256 = createHash("sha256").update(archive).digest("hex");
const artifact: Artifact = {
  ...{ name: "etcd", version: "3.6.14", url: "https://releases.invalid/etcd.tar.gz", checksums: "" },
  files: ["etcd", "etcdctl"].map((name) => ({ member: `etcd-v3.6.14/${name}`, path: `/usr/local/bin/${name}` })),
};
const wanted = [release({ artifact, sha256 })];

let cache: string;
beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
});
afterEach(() => vi.unstubAllEnvs());

/** As if the operator's machine had fetched it before. */
function fetchedBefore(): void {
  const path = join(cache, "tripod/releases", sha256, "etcd.tar.gz");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, archive);
}

/**
 * Plays curl against a source that has these bytes in /fakes/source; each transfer ends after as many bytes as the next line of /fakes/cuts
 * names, with the exit code of a connection that broke.
 */
const CURL = `#!/bin/sh
part=; head=
while [ $# -gt 0 ]; do case $1 in --output) part=$2;; --head) head=1;; esac; shift; done
[ -e /fakes/source ] || exit 6
[ -z "$head" ] || exit 0
had=$(stat -c %s "$part" 2>/dev/null || echo 0)
echo "from $had" >>/fakes/transfers
read -r cut </fakes/cuts || cut=999999999
sed -i 1d /fakes/cuts
tail -c +$((had + 1)) /fakes/source | head -c "$cut" >>"$part"
[ "$(stat -c %s "$part")" -ge "$(stat -c %s /fakes/source)" ] || exit 18
`;

function source(machine: ThrowAwayMachine, content: Buffer, ...cuts: number[]): void {
  machine.write("/usr/local/sbin/curl", CURL, 0o755);
  machine.write("/fakes/cuts", cuts.map((cut) => `${cut}\n`).join(""));
  writeFileSync(join(machine.root, "fakes/source"), content);
}

const installed = async (machine: ThrowAwayMachine) =>
  (
    await machine.host.read(
      "cd /usr/local/bin; ./etcd; ./etcdctl; ls -A /var/cache/tripod; ls -A /usr/local/bin | grep etcd",
    )
  ).stdout;

machineStory("a host that reaches the source fetches by itself, and the plan shows it", async (machine) => {
  source(machine, archive);
  expect(changesIn(await walk(machine.host, wanted, "plan"))).toEqual([
    { field: "version", from: "absent", to: "3.6.14 (fetched by the host from https://releases.invalid)" },
  ]);
  await walk(machine.host, wanted);
  expect(await installed(machine)).toBe("etcd\netcdctl\netcd\netcdctl\n");
  expect(changesIn(await walk(machine.host, wanted, "plan"))).toEqual([]);
});

machineStory("a host that does not reach it gets it from here", async (machine) => {
  fetchedBefore();
  machine.write("/usr/local/sbin/curl", CURL, 0o755);
  expect(changesIn(await walk(machine.host, wanted))).toEqual([
    { field: "version", from: "absent", to: "3.6.14 (uploaded: the host does not reach https://releases.invalid)" },
  ]);
  expect(await installed(machine)).toContain("etcd\netcdctl\n");
  expect(changesIn(await walk(machine.host, wanted, "plan"))).toEqual([]);
});

machineStory("a transfer that breaks continues where it broke", async (machine) => {
  source(machine, archive, 100, 50);
  await walk(machine.host, wanted);
  expect(machine.read("/fakes/transfers")).toBe("from 0\nfrom 100\nfrom 150\n");
  expect(await installed(machine)).toContain("etcd\netcdctl\n");
});

machineStory("a transfer in which nothing arrives is given up, and the next run continues it", async (machine) => {
  source(machine, archive, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0);
  const error = await failure(walk(machine.host, wanted));
  expect(error).toMatchObject({
    code: "E_COMMAND",
    message: "https://releases.invalid/etcd.tar.gz could not be installed",
  });
  expect(error.details.why).toContain("gave up after 5 attempts in which nothing arrived");
  machine.write("/fakes/transfers", "");
  await walk(machine.host, wanted);
  expect(machine.read("/fakes/transfers")).toBe("from 11\n");
});

machineStory("a host behind a proxy reaches the source through it, and nothing else does", async (machine) => {
  source(machine, archive);
  machine.write(
    "/usr/local/sbin/curl",
    CURL.replace("part=; head=", 'echo "$https_proxy $NO_PROXY" >>/fakes/proxies; part=; head='),
    0o755,
  );
  const environment = { HTTPS_PROXY: "http://proxy.example:3128", NO_PROXY: "10.0.0.11,.svc" };
  await walk(machine.host, [release({ artifact, sha256, way: { environment } })]);
  expect(machine.read("/fakes/proxies")).toBe("http://proxy.example:3128 10.0.0.11,.svc\n".repeat(2));
});

machineStory(
  "a mirror's authority is trusted beside the host's own, also after a redirect, and no file of it is left",
  async (machine) => {
    source(machine, archive);
    machine.write("/etc/ssl/certs/ca-certificates.crt", "the host's own\n");
    // Before 7.87, curl reads the file once for each server.
    machine.write(
      "/usr/local/sbin/curl",
      CURL.replace("--head) head=1;;", '--head) head=1;; --cacert) cat "$2" "$2" >>/fakes/trusted;;'),
      0o755,
    );
    await walk(machine.host, [release({ artifact, sha256, way: { ca: "the mirror's\n" } })]);
    expect(machine.read("/fakes/trusted")).toBe("the host's own\nthe mirror's\n".repeat(4));
    expect((await machine.host.read("ls /run")).stdout).not.toContain("tripod-ca");
  },
);

machineStory("a file with another checksum is refused, and nothing is put in place", async (machine) => {
  source(machine, Buffer.from("not etcd, but as long as it takes"));
  const error = await failure(walk(machine.host, wanted));
  expect(error).toMatchObject({
    ...{ code: "E_REFUSED", message: "https://releases.invalid/etcd.tar.gz does not match its published checksum" },
    details: { host: "m1" },
  });
  expect(error.details.why).toContain(`published: ${sha256}`);
  expect((await machine.host.read("ls -A /usr/local/bin /var/cache/tripod")).stdout).not.toContain("etcd");
});

machineStory("the rest of an older file is not continued: the whole is fetched again", async (machine) => {
  source(machine, archive);
  machine.write("/var/cache/tripod/etcd.tar.gz.part", "something else");
  await walk(machine.host, wanted);
  expect(machine.read("/fakes/transfers")).toBe("from 14\nfrom 0\n");
});

machineStory("a program that somebody changed, and another version, are installed again", async (machine) => {
  source(machine, archive);
  await walk(machine.host, wanted);
  machine.write("/usr/local/bin/etcdctl", "#!/bin/sh\n", 0o755);
  const from = async (sha = sha256) =>
    changesIn(await walk(machine.host, [release({ artifact, sha256: sha })], "plan")).map((change) => change.from);
  expect(await from()).toEqual(["3.6.14, changed since"]);
  const replaceable = [release({ artifact, sha256, replaceable: true })];
  expect(changesIn(await walk(machine.host, replaceable, "plan"))).toEqual([]);
  await walk(machine.host, wanted);
  expect(await from()).toEqual([]);
  expect(await from("0".repeat(64))).toEqual(["3.6.14"]);
});

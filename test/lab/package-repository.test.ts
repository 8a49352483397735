import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { repositoryFiles } from "../../src/config/package-repository.ts";
import { buildRepository, type RepositoryPackage } from "../../src/lab/mirror/package-repository.ts";
import { debian } from "../../src/os/debian.ts";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import { repositoryKey } from "../../src/releases/repository-key.ts";
import { because, missingPrograms, temporaryFolder } from "../support/programs.ts";

const reason = missingPrograms("apt-get", "dpkg-deb", "gpg");
const { signal } = new AbortController();

const one = (name: string, version: string, more: Partial<RepositoryPackage> = {}): RepositoryPackage => ({
  ...{ name, version, depends: [], programs: {}, files: { [`/usr/share/${name}/text`]: `${name}\n` } },
  ...more,
});

/** A built repository of 1.36 with a foreign package in it, served over https on this machine. */
async function served() {
  const root = temporaryFolder();
  const program = join(root, "kubectl");
  writeFileSync(program, "#!/bin/sh\n");
  const packages = [
    one("kubeadm", "1.36.3-1.1", { depends: ["cri-tools"] }),
    one("kubectl", "1.36.3-1.1", { programs: { "/usr/bin/kubectl": program } }),
    one("cri-tools", "1.36.0-1.1"),
    one("tripod-test-foreign", "99-1"),
  ];
  await buildRepository(root, 36, packages);
  const now = new Date();
  const lasting = { keys: "ecdsa-p256", validityDays: 2 } as const;
  const authority = await createAuthority({ commonName: "lab", ...lasting }, now);
  const request = { commonName: "m", sans: ["127.0.0.1"], usages: ["serverAuth"], ...lasting } as const;
  const { certificate, key } = await issue(authority, request, now);
  const server = createServer({ cert: certificate, key: key.reveal() }, (asked, response) => {
    const file = join(root, decodeURIComponent(asked.url ?? ""));
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const site = `https://127.0.0.1:${(server.address() as AddressInfo).port}/pkgs.k8s.io`;
  const fingerprint = readFileSync(join(root, "fingerprint"), "utf8");
  return { root, url: `${site}/core:/stable:/v1.36/deb`, fingerprint, ca: authority.certificate };
}

/** Runs a script with this machine's apt, which has no other sources and no other lists; what it printed. */
async function withApt(script: string, settings: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  for (const name of ["parts", "lists/partial", "archives/partial", "none"])
    mkdirSync(join(folder, name), { recursive: true });
  const all = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": join(folder, "none"),
    "Dir::Etc::PreferencesParts": join(folder, "none"),
    "Dir::State::Lists": join(folder, "lists"),
    "Dir::Cache": folder,
    "APT::Sandbox::User": "root",
    ...settings,
  };
  const conf = join(folder, "apt.conf");
  writeFileSync(
    conf,
    Object.entries(all)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(""),
  );
  const own = script.replaceAll("/etc/apt/sources.list.d", join(folder, "none"));
  const env = { ...process.env, LC_ALL: "C", APT_CONFIG: conf };
  try {
    return { code: 0, stdout: (await promisify(execFile)("sh", ["-c", own], { env })).stdout };
  } catch (error) {
    return error as { code: number; stdout: string };
  }
}

const WANTED = ["kubeadm=1.36.3-*", "kubectl=1.36.3-*"];

describe.skipIf(reason)(`the lab's package repository${because(reason)}`, () => {
  test("is accepted by apt with its key, and Kubernetes can be installed from it with what it needs", async () => {
    const { url, fingerprint, ca } = await served();
    const key = await repositoryKey(`${url}/Release.key`, fingerprint, { signal, ca });
    const repository = { url, minor: 36, key, ca };
    expect((await withApt(debian.simulate(WANTED, "known"))).code).not.toBe(0);
    expect((await withApt(debian.simulate(WANTED, "fresh"))).code).not.toBe(0);
    const { code, stdout } = await withApt(debian.simulate(WANTED, repository));
    expect(stdout).toMatch(/^Inst cri-tools \(1\.36\.0-1\.1 /m);
    expect(debian.simulatedVersion("kubeadm", stdout)).toBe("1.36.3-1.1");
    expect(code).toBe(0);
  }, 60_000);

  test("is refused by apt with another key, over an authority that is not trusted, and in a version that it does not have", async () => {
    const { url, fingerprint, ca } = await served();
    const other = await served();
    const key = await repositoryKey(`${url}/Release.key`, fingerprint, { signal, ca });
    const otherKey = await repositoryKey(`${other.url}/Release.key`, other.fingerprint, { signal, ca: other.ca });
    const wrongKey = await withApt(debian.simulate(WANTED, { url, minor: 36, key: otherKey, ca }));
    expect(wrongKey).toMatchObject({ stdout: expect.stringContaining("NO_PUBKEY") as string });
    expect(wrongKey.code).not.toBe(0);
    expect((await withApt(debian.simulate(WANTED, { url, minor: 36, key, ca: other.ca }))).code).not.toBe(0);
    const later = await withApt(debian.simulate(["kubeadm=1.36.4-*"], { url, minor: 36, key, ca }));
    expect(later.stdout).toContain("Version '1.36.4-*' for 'kubeadm' was not found");
    expect(later.code).not.toBe(0);
  }, 60_000);

  test("provides only Kubernetes' packages to a host that has Tripod's files", async () => {
    const { url, fingerprint, ca, root } = await served();
    const key = await repositoryKey(`${url}/Release.key`, fingerprint, { signal, ca });
    const host = join(root, "host");
    const settings = {
      "Dir::Etc::SourceParts": join(host, "sources.list.d"),
      "Dir::Etc::PreferencesParts": join(host, "preferences.d"),
      "Acquire::https::127.0.0.1::CaInfo": join(host, "keyrings/kubernetes-ca.crt"),
    };
    for (const [path, text] of Object.entries(repositoryFiles(debian, { url, minor: 36, key, ca }))) {
      const file = path.replace("/etc/apt", host);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, text.replaceAll("/etc/apt", host));
      chmodSync(file, 0o644);
    }
    const script = "apt-get -q update 2>&1 && apt-cache policy kubeadm tripod-test-foreign";
    const { stdout } = await withApt(script, settings);
    expect(stdout).toMatch(/^kubeadm:\n {2}Installed: \(none\)\n {2}Candidate: 1\.36\.3-1\.1$/m);
    expect(stdout).toMatch(/^tripod-test-foreign:\n {2}Installed: \(none\)\n {2}Candidate: \(none\)$/m);
  }, 60_000);
});

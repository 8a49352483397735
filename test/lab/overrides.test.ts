import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { labFolders } from "../../src/lab/folders.ts";
import { enterLab, labSsh, withLab } from "../../src/lab/overrides.ts";
import { testCluster, testMachine } from "../support/cluster.ts";
import { temporaryFolder } from "../support/programs.ts";

beforeEach(() => {
  vi.stubEnv("XDG_STATE_HOME", temporaryFolder());
  return () => vi.unstubAllEnvs();
});

const NAME = "no-such-lab";

test("on the lab, every machine is reached only with the lab's key and known_hosts", () => {
  const behind = testMachine("w1", "10.0.0.21", "worker");
  const named = { ...behind.ssh, address: "w1.example.org", port: 2222, user: "admin", agent: true };
  const cluster = testCluster({ name: NAME, workers: [{ ...behind, ssh: named }] });
  const { clientKey, knownHosts } = labFolders(NAME);
  expect(withLab(cluster).workers[0]?.ssh).toEqual({
    address: "10.0.0.21",
    port: 2222,
    user: "admin",
    identityFiles: [clientKey],
    agent: false,
    knownHostsFiles: [knownHosts],
  });
  expect(withLab(cluster).machines.map(({ ssh }) => ssh.identityFiles)).toEqual(
    cluster.machines.map(() => [clientKey]),
  );
});

test("behind a bastion they are reached through the lab's own, which mirrors it", () => {
  const bastion = { ...testMachine("b", "198.51.100.5", "worker").ssh, port: 2200, user: "jump", agent: true };
  const behind = testMachine("w1", "10.0.0.21", "worker");
  const workers = [{ ...behind, ssh: { ...behind.ssh, bastion } }];
  const { clientKey, knownHosts } = labFolders(NAME);
  expect(withLab(testCluster({ name: NAME, workers })).workers[0]?.ssh.bastion).toEqual({
    address: "198.51.100.5",
    port: 2200,
    user: "jump",
    identityFiles: [clientKey],
    agent: false,
    knownHostsFiles: [knownHosts],
  });
});

test("on the lab, nothing can reach Vagrant's machines or switch off real ones", () => {
  const cluster = {
    ...testCluster({ name: NAME, power: { off: "ipmitool off", on: "ipmitool on" } }),
    vagrant: "/vms",
  };
  expect(Object.keys(withLab(cluster))).not.toEqual(expect.arrayContaining(["power"]));
  expect(withLab(cluster).vagrant).toBeUndefined();
});

test("the lab's programs and images are used if the inventory sets none", async () => {
  const { binaries, images } = labFolders(NAME);
  expect(withLab(testCluster({ name: NAME })).software).not.toHaveProperty("binaries");
  await mkdir(binaries, { recursive: true });
  await mkdir(images, { recursive: true });
  expect(withLab(testCluster({ name: NAME })).software).toMatchObject({ binaries, images });
  expect(withLab(testCluster({ name: NAME, software: { images: "/mine" } })).software).toMatchObject({
    binaries,
    images: "/mine",
  });
});

test("Kubernetes' packages come from the lab's own repository, if it has one and the inventory wants packages", async () => {
  const mirror = join(labFolders(NAME).root, "mirror");
  await mkdir(mirror, { recursive: true });
  await mkdir(labFolders(NAME).binaries, { recursive: true });
  const repository = { published: "package-repository-1.36.3-abc", fingerprint: "A".repeat(40) };
  const record = { address: "10.0.0.1", published: "releases-1.36.3-abc", versions: {}, repository };
  await writeFile(join(mirror, "mirror.json"), JSON.stringify(record));
  const software = (from: "packages" | { kubernetes: "packages" } | { etcd: "packages" }) =>
    withLab(testCluster({ name: NAME, software: { from } })).software;
  const packageRepository = {
    url: "https://10.0.0.1/package-repository-1.36.3-abc/pkgs.k8s.io",
    fingerprint: "A".repeat(40),
  };
  for (const from of ["packages", { kubernetes: "packages" }] as const) {
    expect(software(from)).toMatchObject({ from, packageRepository, ca: join(mirror, "ca.crt") });
    expect(software(from)).not.toHaveProperty("binaries");
  }
  expect(software({ etcd: "packages" })).toHaveProperty("binaries");
  const own = { url: "https://packages.example.org", fingerprint: "B".repeat(40) };
  expect(
    withLab(testCluster({ name: NAME, software: { from: "packages", packageRepository: own } })).software,
  ).toMatchObject({ packageRepository: own });
});

test("without a lab, entering it is an error", () => {
  expect(() => enterLab(testCluster({ name: NAME }))).toThrow("the lab no-such-lab is not up");
  expect(() => labSsh(testCluster({ name: NAME }), "m9")).toThrow("unknown machine m9 in /home/operator/cluster.yaml");
});

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kubernetesFolder, linkBinaries, mustHaveAll } from "../../src/lab/kubernetes.ts";
import { testCluster } from "../support/cluster.ts";
import { run, temporaryFolder } from "../support/programs.ts";

const quiet = { progress: () => undefined };
const PROGRAMS = ["kubelet", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];

/** A folder with a kubeadm that says it is of this version, and the others without a word. */
async function programs(version: string, more: string[] = []): Promise<string> {
  const folder = temporaryFolder();
  await writeFile(join(folder, "kubeadm"), `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
  for (const name of [...PROGRAMS, ...more]) await writeFile(join(folder, name), "", { mode: 0o755 });
  return folder;
}

test("a given folder is used unchanged", async () => {
  const folder = await programs("1.36.3");
  expect(await kubernetesFolder(testCluster(), folder, quiet)).toBe(folder);
  expect(await kubernetesFolder(testCluster({ software: { binaries: folder } }), undefined, quiet)).toBe(folder);
});

test("a folder of another version than the inventory's is refused", async () => {
  const folder = await programs("1.35.0");
  await expect(kubernetesFolder(testCluster(), folder, quiet)).rejects.toMatchObject({
    code: "E_LAB",
    message: `${folder} has Kubernetes v1.35.0, but the inventory sets 1.36.3`,
  });
});

test("a folder without a control plane is refused, with what is missing", async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, "kubeadm"), "");
  await expect(kubernetesFolder(testCluster(), folder, quiet)).rejects.toThrow(
    /has no kubelet, kubectl, kube-apiserver/,
  );
});

test.each([
  ["1.36.3", [], /1\.36\.3 has no etcd, etcdctl, coredns$/],
  ["1.31.0", ["addon"], /1\.31\.0 has no etcd, etcdctl$/],
  ["1.30.0", [], /1\.30\.0 has no coredns$/],
])(
  "Kubernetes %s without %j is refused without a folder, because its release lacks programs, and the hint lists all of them",
  async (version, skipPhases, message) => {
    const cluster = testCluster({ kubernetes: { version, skipPhases } });
    const hint = /--binaries DIR .*kubeadm, kubelet, .*kube-proxy, (?:etcd|coredns)/;
    await expect(kubernetesFolder(cluster, undefined, quiet)).rejects.toMatchObject({
      code: "E_LAB",
      message: expect.stringMatching(message) as string,
      details: { hint: expect.stringMatching(hint) as string },
    });
  },
);

test("Kubernetes 1.30 without coredns needs nothing that its release and Debian do not have", () => {
  const kubernetes = { version: "1.30.0", skipPhases: ["addon/coredns"] };
  expect(() => mustHaveAll(testCluster({ kubernetes }), undefined)).not.toThrow();
});

test("the programs for hosts are linked: etcd and CNI plugins too", async () => {
  const [folder, to] = [await programs("1.36.3", ["etcd", "etcdctl", "coredns"]), join(temporaryFolder(), "binaries")];
  await mkdir(join(folder, "cni"));
  await linkBinaries(folder, to, 36);
  await linkBinaries(folder, to, 36);
  expect(readdirSync(to).sort()).toEqual(["cni", "etcd", "etcdctl", "kubeadm", "kubectl", "kubelet"]);
});

test("crictl writes nothing where another user could have created a link", async () => {
  const [folder, to] = [temporaryFolder(), join(temporaryFolder(), "binaries")];
  await linkBinaries(await programs("1.20.2"), to, 20);
  await writeFile(join(folder, "victim"), "precious");
  const says = "HTTP/2 200\\r\\n\\r\\ngrpc-status: 5\\r\\ngrpc-message: no such pod\\r\\n";
  await writeFile(join(folder, "curl"), `#!/bin/sh\ncat >/dev/null\nprintf '${says}'\n`, { mode: 0o755 });
  // The name that it took was made of its number.
  const script = `ln -s "$1" /tmp/crictl.$$ && trap 'rm -f /tmp/crictl.$$' EXIT && (PATH=$2:$PATH; set -- stopp "$3"; . "$0")`;
  const words = [join(to, "crictl"), join(folder, "victim"), folder, "a".repeat(64)];
  const { status, stderr } = spawnSync("sh", ["-c", script, ...words], { encoding: "utf8" });
  expect([status, stderr]).toEqual([1, "crictl: no such pod\n"]);
  expect(readFileSync(join(folder, "victim"), "utf8")).toBe("precious");
});

test("kubeadm before 1.30 finds a crictl: the folder's own, else the lab's", async () => {
  const [with_, without] = [await programs("1.20.2", ["crictl"]), await programs("1.20.2")];
  const to = join(temporaryFolder(), "binaries");
  await linkBinaries(with_, to, 20);
  expect(readFileSync(join(to, "crictl"), "utf8")).toBe("");
  await linkBinaries(without, to, 20);
  expect(run(join(to, "crictl"), "--version").said).toMatch(/^crictl version/);
});

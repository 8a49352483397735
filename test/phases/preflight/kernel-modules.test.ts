import { release } from "node:os";
import { expect } from "vitest";
import { kernelModules } from "../../../src/phases/preflight/kernel-modules.ts";
import type { Cluster } from "../../../src/inventory/cluster.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { machineStory } from "../../support/machine-story.ts";
import type { ThrowAwayMachine } from "../../support/machine.ts";

const FOLDER = `/usr/lib/modules/${release()}`;
const IPTABLES = ["nf_conntrack", "nf_nat", "xt_comment", "xt_conntrack", "xt_mark", "xt_statistic", "xt_MASQUERADE"];
const flannel = testCluster({ network: { cni: "flannel" } });

const examined = async ({ host }: ThrowAwayMachine, cluster: Cluster = flannel) =>
  kernelModules.examine(host, testContext(cluster, [host]));

/** A kernel of a distribution, with these modules in files, compressed as Ubuntu and Fedora do. */
function kernelWith(machine: ThrowAwayMachine, names: readonly string[], builtIn: readonly string[] = []): void {
  const files = (all: readonly string[], end: string) => all.map((name) => `kernel/net/${name}.ko${end}\n`).join("");
  machine.write(`${FOLDER}/modules.dep`, files(names, ".zst: kernel/net/other.ko.zst"));
  machine.write(`${FOLDER}/modules.builtin`, files(builtIn, ""));
}

machineStory("a kernel that has every module passes, whether it is loaded, built in or a file", async (machine) => {
  kernelWith(machine, ["overlay", "br_netfilter", ...IPTABLES.slice(1)], ["vxlan"]);
  machine.write("/sys/module/nf_conntrack/refcnt", "1\n");
  expect(await examined(machine)).toEqual([]);
});

machineStory(
  "the modules that a cut-down kernel lacks are named together, with the package that has them",
  async (machine) => {
    kernelWith(machine, ["overlay", "br_netfilter", ...IPTABLES.filter((name) => name !== "xt_statistic")]);
    const found = await examined(machine);
    expect(found).toMatchObject([{ message: "its kernel has no vxlan, xt_statistic" }]);
    expect(found[0]?.hint).toContain("kernel-modules-extra");
  },
);

machineStory("kube-proxy's mode decides what is looked for", async (machine) => {
  kernelWith(machine, ["overlay", "br_netfilter", ...IPTABLES, "ip_set", "ip_vs", "ip_vs_rr", "ip_vs_wrr"]);
  const mode = (of: string) => testCluster({ kubernetes: { kubeProxy: { mode: of } } });
  expect(await examined(machine, mode("ipvs"))).toMatchObject([{ message: "its kernel has no ip_vs_sh" }]);
  expect(await examined(machine, mode("nftables"))).toMatchObject([{ message: "its kernel has no nf_tables" }]);
  expect(await examined(machine, testCluster({ kubernetes: { skipPhases: ["addon/kube-proxy"] } }))).toEqual([]);
});

machineStory("a module that a hardened host forbids is named with the file", async (machine) => {
  kernelWith(machine, ["vxlan", ...IPTABLES]);
  machine.write("/etc/modprobe.d/cis.conf", "install cramfs /bin/false\ninstall vxlan /bin/false\n");
  expect(await examined(machine)).toMatchObject([
    { message: "/etc/modprobe.d/cis.conf forbids the kernel module vxlan" },
  ]);
});

machineStory("where nothing tells what the kernel has, it is a warning", async (machine) => {
  expect(await examined(machine)).toMatchObject([
    { warning: true, message: expect.stringMatching(/no list of its kernel's modules.* vxlan is found out/) as string },
  ]);
  expect(await examined(machine, testCluster())).toEqual([]);
});

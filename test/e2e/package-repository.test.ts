import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labFolders } from "../../src/lab/folders.ts";
import { FRESH, freshMachines } from "../support/fresh-machines.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { labStory, type LabStory } from "../support/lab-story.ts";
import { eventsOf, tripod, tripodMust } from "../support/tripod.ts";

const reason =
  process.getuid?.() === 0 ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh", "gpg") : "only root makes a lab";
const NAME = "repository";
const HELD = ["cri-tools", "kubeadm", "kubectl", "kubelet", "kubernetes-cni"];

describe.skipIf(reason)(`fresh machines and Kubernetes' signed package repository${because(reason)}`, () => {
  const { root } = labFolders(NAME);
  const faults = join(root, "mirror/faults.json");
  let lab: LabStory;

  beforeAll(async () => {
    lab = await labStory(
      NAME,
      () => freshMachines(NAME, "software: { from: packages }\n"),
      "--pristine",
      "--release",
      "trixie=w1,w2",
    );
  }, 1_500_000);
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  test("a host that cannot fetch from it is refused before anything is changed, and nothing is left behind", async () => {
    writeFileSync(faults, JSON.stringify({ "10.0.0.21": "refused" }));
    const { code, stderr } = await tripod("apply", "--yes", "--lab", "-i", lab.inventory);
    expect(code, stderr.slice(-4000)).toBe(20);
    expect(stderr).toMatch(/its package manager cannot install what it needs, also from https:/);
    expect(stderr).toContain("kubeadm=1.20.2-*");
    for (const host of ["m1", "w1"]) {
      expect(await lab.on(host, "ls /etc/apt/sources.list.d /etc/apt/preferences.d")).not.toContain("kubernetes");
      expect(await lab.on(host, "dpkg-query -W keepalived containerd 2>/dev/null | wc -l")).toBe("0\n");
    }
    writeFileSync(faults, "{}");
  });

  test("the plan shows the repository, and an apply makes a healthy cluster of its packages", async () => {
    const planned = await tripodMust("plan", "--lab", "-i", lab.inventory);
    expect(planned).toContain("/etc/apt/sources.list.d/kubernetes.sources");
    expect(planned).toContain("kubelet=1.20.2-*");
    await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
    const { nodes, verified, healthy } = await lab.untilHealthy();
    expect([nodes.length, verified, healthy]).toEqual([FRESH.length, true, true]);
  });

  test("every program is the package's, in the inventory's version, and an upgrade of the system leaves it alone", async () => {
    for (const host of FRESH) {
      expect(await lab.on(host, "dpkg-query -W -f '${Version}\\n' kubeadm kubelet kubectl | sort -u")).toBe(
        "1.20.2-1.1\n",
      );
      const held = (await lab.on(host, "apt-mark showhold")).split("\n");
      expect(held).toEqual(expect.arrayContaining(HELD));
      expect(await lab.on(host, "readlink /proc/$(pidof -s kubelet)/exe")).toBe("/usr/bin/kubelet\n");
      expect(await lab.on(host, "ls /usr/local/bin | grep -cE '^(kube|crictl|etcd|containerd)' || true")).toBe("0\n");
    }
  });

  test("nothing is to be changed afterwards, also where the repository cannot be reached any more", async () => {
    expect((await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode")).code).toBe(0);
    writeFileSync(
      faults,
      JSON.stringify(Object.fromEntries(["11", "12", "13", "21", "22"].map((n) => [`10.0.0.${n}`, "refused"]))),
    );
    expect((await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode")).code).toBe(0);
    writeFileSync(faults, "{}");
  });

  test("a description that somebody changed is repaired", async () => {
    await lab.on(
      "w2",
      "rm /etc/apt/keyrings/kubernetes.asc && echo 'Enabled: no' >>/etc/apt/sources.list.d/kubernetes.sources",
    );
    const events = eventsOf(await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--json"));
    const changed = events.flatMap((event) =>
      event.type === "resource.applied" ? [`${event.host} ${event.resource}`] : [],
    );
    expect(changed).toEqual(
      expect.arrayContaining([
        "w2 file:/etc/apt/keyrings/kubernetes.asc",
        "w2 file:/etc/apt/sources.list.d/kubernetes.sources",
      ]),
    );
  });
});

import { expect, test } from "vitest";
import { resolver } from "../../src/facts/resolver.ts";
import { resolvConfOf } from "../../src/phases/resolv-conf.ts";
import { nodes } from "../../src/phases/nodes.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { key } from "../../src/resources/resource.ts";
import { testCluster } from "../support/cluster.ts";
import { testContext } from "../support/context.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { impatient } from "../support/working.ts";

const asked = { sentAt: 0, receivedAt: 0 };
const KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nresolvConf: /run/systemd/resolve/resolv.conf\n";

/** Hosts on which systemd-resolved is in this state, the same configuration of the kubelet on all. */
function hostsOf(cluster: Cluster, states: Readonly<Record<string, string>>) {
  return cluster.machines.map((machine) =>
    scriptedHost({
      machine,
      facts: [[resolver, resolver.parse(states[machine.name] ?? "active\n", asked)]],
      answer: (script) => (script.includes("/var/lib/kubelet/config.yaml") ? `644 root:root\n${KUBELET}` : { code: 1 }),
    }),
  );
}

function resolvConfs(cluster: Cluster, states: Readonly<Record<string, string>>): (string | undefined)[] {
  const hosts = hostsOf(cluster, states);
  return hosts.map((host) => resolvConfOf(host, { cluster, hosts }));
}

test("where systemd-resolved runs on some hosts only, each kubelet reads its own host’s file", () => {
  expect(resolvConfs(testCluster(), { m3: "inactive\n", w2: "" })).toEqual([
    "/run/systemd/resolve/resolv.conf",
    "/run/systemd/resolve/resolv.conf",
    "/etc/resolv.conf",
    "/run/systemd/resolve/resolv.conf",
    "/etc/resolv.conf",
  ]);
});

test("where all hosts are alike, or the inventory sets it, kubeadm's and the inventory's settings are left alone", () => {
  const none = Array.from({ length: 5 }, () => undefined);
  expect(resolvConfs(testCluster(), {})).toEqual(none);
  const cluster = testCluster({ kubernetes: { kubelet: { resolvConf: "/etc/pods.conf" } } });
  expect(resolvConfs(cluster, { m3: "inactive\n" })).toEqual(none);
});

test("an existing node whose kubelet reads a file that its host does not have is corrected; the others show no change", async () => {
  const cluster = testCluster();
  const hosts = hostsOf(cluster, { w1: "inactive\n" });
  const changed = await Promise.all(
    hosts.map(async (host) => {
      const resources = await nodes.resources(host, testContext(cluster, hosts));
      const edited = resources.find((resource) => key(resource).includes("kubelet/config.yaml"));
      const inspection = await edited?.inspect(host, impatient);
      return inspection?.changes(new Set()).map(({ diff }) => diff ?? "");
    }),
  );
  expect(changed.map((each) => each?.length)).toEqual([0, 0, 0, 1, 0]);
  expect(changed[3]?.[0]).toContain("+resolvConf: /etc/resolv.conf");
});

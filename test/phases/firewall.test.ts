import { expect, test } from "vitest";
import { type Firewall, firewall as fact } from "../../src/facts/firewall.ts";
import { network } from "../../src/facts/network.ts";
import { firewall } from "../../src/phases/firewall.ts";
import { key } from "../../src/resources/resource.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { situation, testContext } from "../support/context.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const managed = testCluster({ firewall: "manage" });

async function resourcesOn(kind: Firewall): Promise<string[]> {
  const addresses = [{ interface: "eth0", address: "10.0.0.11", prefix: 24 }];
  const machine = machineNamed(managed, "m1");
  const host = scriptedHost({ machine, facts: [[fact, kind], [network, addresses]] }); // prettier-ignore
  return (await firewall.resources(host, testContext(managed, [host]))).map(key);
}

const LOADED = [
  "directory:/etc/tripod",
  "file:/etc/tripod/firewall.sh",
  "file:/etc/systemd/system/tripod-firewall.service",
  "packet-filter:nftables and iptables",
  "service:tripod-firewall.service",
];

test("no host's firewall is changed unless the inventory sets it", () => {
  expect(firewall.hosts(situation(testCluster()))).toEqual([]);
  expect(firewall.hosts(situation(managed))).toHaveLength(5);
});

test("what opens the ports is the program that owns the host's packet filter", async () => {
  expect(await resourcesOn("ufw")).toEqual(["ufw:rules"]);
  expect(await resourcesOn("firewalld")).toEqual(["firewalld:rules", ...LOADED]);
  expect(await resourcesOn("none")).toEqual(LOADED);
});

import { describe, expect, it } from "vitest";
import { firewallScript, firewallUnit, richRules, ufwRules } from "../../src/config/firewall.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();

describe("A firewall that Tripod manages", () => {
  it.each(["m1", "w1"])("opens on %s what others need of it", (name) => {
    const machine = machineNamed(cluster, name);
    expectGolden(`firewall/${name}/firewall.sh`, firewallScript(cluster, machine));
    expectGolden(`firewall/${name}/firewalld`, `${richRules(cluster, machine).join("\n")}\n`);
    expectGolden(`firewall/${name}/ufw`, `${ufwRules(cluster, machine).join("\n")}\n`);
  });

  it("is opened again after a boot, and whenever what loads it starts again", () => {
    expectGolden("firewall/tripod-firewall.service", firewallUnit());
    expect(firewallUnit()).toContain("PartOf=nftables.service");
  });
});

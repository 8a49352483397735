import { describe, expect, it } from "vitest";
import { keepalivedCheck, keepalivedConfig, keepalivedHangUp } from "../../src/config/keepalived.ts";
import { restartDropIn } from "../../src/config/restart.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();
const ETH0 = { own: "eth0", vip: "eth0" };
const direct = testCluster({ loadBalancer: { haproxy: false } });

describe("keepalived", () => {
  it.each(cluster.masters)("on $name knows its own priority and its peers", (machine) => {
    expectGolden(`keepalived/${machine.name}/keepalived.conf`, keepalivedConfig(cluster, machine, ETH0));
  });

  it("goes by the interface of the master's address where the VIP is on another one, whose link it watches", () => {
    const config = keepalivedConfig(cluster, machineNamed(cluster, "m1"), { own: "eth0", vip: "eth1" });
    expectGolden("keepalived/two-interfaces/keepalived.conf", config);
    expect(config).toMatch(/^ {4}interface eth0$/m);
    expect(config).toContain("10.0.0.10/32 dev eth1");
  });

  it("sends to the other masters only, and never to itself", () => {
    const config = keepalivedConfig(cluster, machineNamed(cluster, "m2"), ETH0);
    expect(/unicast_peer \{([^}]*)\}/.exec(config)?.[1]?.match(/[\d.]{7,}/g)).toEqual(["10.0.0.11", "10.0.0.13"]);
  });

  it("takes seconds, where the inventory has milliseconds", () => {
    const slow = testCluster({ loadBalancer: { advertInterval: "1s" } });
    expect(keepalivedConfig(cluster, machineNamed(cluster, "m1"), ETH0)).toContain("advert_int 0.2\n");
    expect(keepalivedConfig(slow, machineNamed(slow, "m1"), ETH0)).toContain("advert_int 1\n");
  });

  it("is refused on a worker", () => {
    expect(() => keepalivedConfig(cluster, machineNamed(cluster, "w1"), ETH0)).toThrow("w1 is not a master");
  });

  it("asks haproxy where there is one, else this master's own API server", () => {
    expectGolden("keepalived/haproxy/check.sh", keepalivedCheck(cluster));
    expectGolden("keepalived/direct/check.sh", keepalivedCheck(direct));
  });

  it("closes stale connections after the address has moved", () => {
    expectGolden("keepalived/hang-up.sh", keepalivedHangUp(cluster));
  });

  it("is restarted whenever it dies", () => {
    expectGolden("systemd/restart.conf", restartDropIn());
  });
});

import { describe, expect, it } from "vitest";
import { keepalivedCheck, keepalivedConfig, keepalivedHangUp } from "../../src/config/keepalived.ts";
import { restartDropIn } from "../../src/config/restart.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();
const direct = testCluster({ loadBalancer: { haproxy: false } });

describe("keepalived", () => {
  it.each(cluster.masters)("on $name knows its own priority and its peers", (machine) => {
    expectGolden(`keepalived/${machine.name}/keepalived.conf`, keepalivedConfig(cluster, machine, "eth0"));
  });

  it("sends to the other masters only, and never to itself", () => {
    const config = keepalivedConfig(cluster, machineNamed(cluster, "m2"), "eth0");
    expect(/unicast_peer \{([^}]*)\}/.exec(config)?.[1]?.match(/[\d.]{7,}/g)).toEqual(["10.0.0.11", "10.0.0.13"]);
  });

  it("takes seconds, where the inventory has milliseconds", () => {
    const slow = testCluster({ loadBalancer: { advertInterval: 1000 } });
    expect(keepalivedConfig(cluster, machineNamed(cluster, "m1"), "eth0")).toContain("advert_int 0.3\n");
    expect(keepalivedConfig(slow, machineNamed(slow, "m1"), "eth0")).toContain("advert_int 1\n");
  });

  it("is refused on a worker", () => {
    expect(() => keepalivedConfig(cluster, machineNamed(cluster, "w1"), "eth0")).toThrow("w1 is not a master");
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

import { describe, expect, it } from "vitest";
import { etcdEnvironment, etcdUnit } from "../../src/config/etcd.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();

describe("An etcd member", () => {
  it.each(cluster.masters)("on $name has its settings in one file", (machine) => {
    expectGolden(`etcd/${machine.name}/etcd.env`, etcdEnvironment(cluster, machine));
  });

  it("runs in a sandboxed unit, with the package's program or the uploaded one", () => {
    expectGolden("etcd/package/etcd.service", etcdUnit("/usr/bin/etcd"));
    expectGolden("etcd/uploaded/etcd.service", etcdUnit("/usr/local/bin/etcd"));
  });

  it("may have its data on a separate disk, mounted there or linked to it", () => {
    const unit = etcdUnit("/usr/bin/etcd");
    expect(unit).toMatch(/^RequiresMountsFor=\/var\/lib\/etcd$/m);
    expect(unit).toMatch(/^ReadWritePaths=\/var\/lib\/etcd$/m);
    expect(unit).not.toMatch(/^StateDirectory/m);
  });

  it("that has lost its data can never create its own cluster", () => {
    expect(etcdEnvironment(cluster, machineNamed(cluster, "m1"))).toContain("ETCD_INITIAL_CLUSTER_STATE=existing\n");
    const files = [...etcdUnit("/usr/bin/etcd").matchAll(/^EnvironmentFile=(.*)$/gm)].map(([, file]) => file);
    expect(files).toEqual(["/etc/etcd/etcd.env", "-/run/tripod/etcd-bootstrap.env"]);
  });

  it("takes no flags, because they would silently win over its settings", () => {
    expect(etcdUnit("/usr/bin/etcd")).toMatch(/^ExecStart=\/usr\/bin\/etcd$/m);
  });

  it("accepts no unencrypted connections, except for metrics on loopback", () => {
    const urls = etcdEnvironment(cluster, machineNamed(cluster, "m2")).match(/https?:\/\/[\d.:]+/g) ?? [];
    expect(urls.filter((url) => !url.startsWith("https:"))).toEqual(["http://127.0.0.1:2381"]);
  });

  it("of a cluster of the same name elsewhere has another token", () => {
    const elsewhere = testCluster({ loadBalancer: { vip: "10.0.1.10", subnet: "10.0.0.0/16" } });
    const token = (of: typeof cluster) => /TOKEN=(.*)/.exec(etcdEnvironment(of, machineNamed(of, "m1")))?.[1];
    expect(token(cluster)).toBe("tripod-prod-10.0.0.10");
    expect(token(elsewhere)).toBe("tripod-prod-10.0.1.10");
  });
});

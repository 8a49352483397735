import { describe, expect, it } from "vitest";
import { haproxyConfig } from "../../src/config/haproxy.ts";
import { testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

describe("haproxy", () => {
  it("is the same on every master: all API servers behind one port", () => {
    expectGolden("haproxy/haproxy.cfg", haproxyConfig(testCluster()));
  });

  it("listens on the inventory's port", () => {
    expect(haproxyConfig(testCluster({ loadBalancer: { port: 9443 } }))).toContain("bind :9443 transparent\n");
  });
});

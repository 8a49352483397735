import { expect, test } from "vitest";
import { healthLine, mustBeHealthy } from "../../src/rehearsal/health.ts";
import type { Status } from "../../src/status.ts";

const member = {
  endpoint: "https://10.0.0.11:2379",
  id: "1",
  leader: true,
  learner: false,
  version: "3.5.24",
  dbSize: 1,
};

const healthy: Status = {
  nodes: ["m1", "m2", "m3", "w1", "w2"].map((name) => ({ name, ready: true as const })),
  vipHolders: ["m1"],
  api: ["m1", "m2", "m3"].map((master) => ({ master, ready: true as const })),
  etcd: ["m1", "m2", "m3"].map((master) => ({ master, member })),
  vipStrays: [],
  strangers: [],
  loadBalancers: [],
  controllers: [],
  podRoutes: [],
  problems: [],
  healthy: true,
};

test("the health of a rehearsed cluster is one line", () => {
  expect(healthLine(healthy, 86.7)).toBe("rehearsal: 5/5 nodes Ready, VIP on m1, etcd 3/3 healthy, 87 s");
});

test("the line counts what is healthy and names every holder of the VIP", () => {
  const unhealthy: Status = {
    ...healthy,
    nodes: [...healthy.nodes.slice(1), { name: "w2", ready: "w2 is not Ready: PLEG is not healthy" }],
    vipHolders: ["m1", "m2"],
    etcd: [...healthy.etcd.slice(1), { master: "m3", member: "connection refused" }],
  };
  expect(healthLine(unhealthy, 120)).toBe("rehearsal: 4/5 nodes Ready, VIP on m1 and m2, etcd 2/3 healthy, 120 s");
  expect(healthLine({ ...healthy, vipHolders: [] }, 120)).toContain("VIP on no master");
});

test("a cluster that is unhealthy after the apply is an error, with the line as its reason", () => {
  expect(() => mustBeHealthy(healthy, "line")).not.toThrow();
  const fail = () => mustBeHealthy({ ...healthy, healthy: false }, "all but w2");
  expect(fail).toThrow("the cluster is unhealthy after the apply");
  expect(fail).toThrow(expect.objectContaining({ code: "E_NOT_CONVERGED" }));
});

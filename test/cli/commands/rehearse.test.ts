import { expect, test } from "vitest";
import { lastLine } from "../../../src/cli/commands/rehearse.ts";
import type { Status } from "../../../src/status.ts";

const member = {
  endpoint: "https://10.0.0.11:2379",
  id: "1",
  leader: true,
  learner: false,
  version: "3.5.24",
  dbSize: 1,
};

const well: Status = {
  nodes: ["m1", "m2", "m3", "w1", "w2"].map((name) => ({ name, ready: true as const })),
  vipHolders: ["m1"],
  api: ["m1", "m2", "m3"].map((master) => ({ master, ready: true as const })),
  etcd: ["m1", "m2", "m3"].map((master) => ({ master, member })),
  healthy: true,
};

test("a rehearsal ends with one line that says how it went", () => {
  expect(lastLine(well, 86.7)).toBe("rehearsal: 5/5 nodes Ready, VIP on m1, etcd 3/3 healthy, 87 s");
});

test("the line counts what is well and says who should not hold the VIP", () => {
  const ill: Status = {
    ...well,
    nodes: [...well.nodes.slice(1), { name: "w2", ready: "w2 is not Ready: PLEG is not healthy" }],
    vipHolders: ["m1", "m2"],
    etcd: [...well.etcd.slice(1), { master: "m3", member: "connection refused" }],
  };
  expect(lastLine(ill, 120)).toBe("rehearsal: 4/5 nodes Ready, VIP on m1 and m2, etcd 2/3 healthy, 120 s");
  expect(lastLine({ ...well, vipHolders: [] }, 120)).toContain("VIP on nobody");
});

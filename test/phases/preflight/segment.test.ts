import { expect, test } from "vitest";
import { sameMtu, segment } from "../../../src/phases/preflight/segment.ts";
import { vipInSubnet } from "../../../src/phases/preflight/network.ts";
import { testCluster } from "../../support/cluster.ts";
import { findings, problems } from "./fit.ts";

const alone = { addresses: ["lo 127.0.0.1/8", "eth0 10.0.0.11/32"] };
const other = testCluster({ network: { cni: "none" } });

test("an address without neighbours is refused, with what there is to do about it", async () => {
  const found = await problems(segment, { m1: alone });
  const message =
    "its address 10.0.0.11 on eth0 is a /32, without neighbours: the VIP and the pod network `bridge` cannot work there";
  expect(found).toMatchObject([{ name: "m1", problem: { message } }]);
  expect(found[0]?.problem.hint).toContain("L2 segment");
  expect(await findings(vipInSubnet, { m1: alone })).toEqual([]);
});

test("workers need neighbours for the pod network `bridge` only", async () => {
  const worker = { addresses: ["eth0 10.0.0.21/32"] };
  expect(await findings(segment, { w1: worker })).toEqual([
    "w1: its address 10.0.0.21 on eth0 is a /32, without neighbours: the pod network `bridge` cannot work there",
  ]);
  expect(await findings(segment, { w1: worker }, other)).toEqual([]);
});

test("the VIP may be on another interface, which has neighbours", async () => {
  const named = testCluster({ network: { cni: "none" }, loadBalancer: { interface: "eth1" } });
  const two = (prefix: number) => ({ addresses: ["eth0 10.0.0.11/32", `eth1 10.0.0.91/${prefix}`] });
  expect(await findings(segment, { m1: two(24) }, named)).toEqual([]);
  expect(await findings(segment, { m1: two(32) }, named)).toEqual([
    "m1: its address 10.0.0.91 on eth1 is a /32, without neighbours: the VIP cannot work there",
  ]);
});

test("a machine whose MTU differs from the others' is named", async () => {
  expect(await findings(sameMtu, {})).toEqual([]);
  expect(await findings(sameMtu, { w2: { mtu: 1450 } })).toEqual([
    "w2: the MTU of eth0 is 1450, but that of m1, m2, m3, w1 is 1500",
  ]);
  expect(await findings(sameMtu, { w2: { mtu: 1450 } }, other)).toEqual([]);
});

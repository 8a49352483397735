import { expect, test } from "vitest";
import type { Machine } from "../../src/inventory/cluster.ts";
import { readExistingState } from "../../src/existing/read.ts";
import { testCluster } from "../support/cluster.ts";
import { answering, scriptedHost } from "../support/scripted-host.ts";

const cluster = testCluster();

/** What Tripod reads of a node `guest` that the inventory does not name, which reports this address, where hosts have these routes. */
async function guestAt(address: string, routes: Readonly<Record<string, string>> = {}) {
  const node = (name: string, at: string) => ({
    metadata: { name },
    spec: {},
    status: { addresses: [{ type: "InternalIP", address: at }] },
  });
  const items = [...cluster.machines.map((machine) => node(machine.name, machine.address)), node("guest", address)];
  const host = (machine: Machine) =>
    scriptedHost({
      machine,
      answer: answering({ "get nodes": JSON.stringify({ items }), "route show": routes[machine.name] ?? "" }),
    });
  const { unknownNodes } = await readExistingState(cluster, cluster.machines.map(host));
  return unknownNodes[0];
}

test("a node that the inventory does not name keeps the routes to its pods, as masters have them before workers", async () => {
  const routes = { m2: "10.244.23.0/24 via 10.0.0.23 dev eth0\n", w1: "10.244.99.0/24 via 10.0.0.23 dev eth0\n" };
  expect(await guestAt("10.0.0.23", routes)).toEqual({
    name: "guest",
    address: "10.0.0.23",
    podCidr: "10.244.23.0/24",
  });
});

test.each(["10.96.0.0/24", "10.244.0.0/16", "10.244.23.7/24", "0.0.0.0/1"])(
  "no route to %s is installed for such a node, whichever host has one",
  async (cidr) => {
    expect(await guestAt("10.0.0.23", { w1: `${cidr} via 10.0.0.23 dev eth0\n` })).toEqual({
      name: "guest",
      address: "10.0.0.23",
    });
  },
);

test("a node that reports the address of another machine does not get that machine's pods", async () => {
  expect(await guestAt("10.0.0.21", { m1: "10.244.21.0/24 via 10.0.0.21 dev eth0\n" })).toEqual({
    name: "guest",
    address: "10.0.0.21",
  });
});

test("an invalid address of a node is ignored: it is not written into the other machines' /etc/hosts", async () => {
  expect(await guestAt("10.0.0.23 registry.k8s.io\n192.0.2.1")).toEqual({ name: "guest", address: "" });
});

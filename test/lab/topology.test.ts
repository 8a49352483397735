import { describe, expect, test } from "vitest";
import type { SshTarget } from "../../src/inventory/cluster.ts";
import { notMirrored, topology } from "../../src/lab/topology.ts";
import { testCluster, testMachine } from "../support/cluster.ts";

/** Machines in several segments need another pod network than `bridge`. */
const NO_BRIDGE = { cni: "none" } as const;

/** A machine that SSH reaches in another way than at its address, port 22, as root. */
function reached(name: string, address: string, ssh: Partial<SshTarget>) {
  const machine = testMachine(name, address, "worker");
  return { ...machine, ssh: { ...machine.ssh, ...ssh } };
}

function bastion(address: string, also: Partial<SshTarget> = {}): SshTarget {
  return { ...testMachine("bastion", address, "worker").ssh, ...also };
}

const networks = (cluster: Parameters<typeof topology>[0]) =>
  topology(cluster).segments.map(({ subnet, operator }) => `${subnet.prefix} ${operator}`);

const stations = (...workers: ReturnType<typeof reached>[]) =>
  topology(testCluster({ workers, network: NO_BRIDGE })).stations.slice(3);

describe("segments", () => {
  test("one is enough for machines in the masters' subnet; the operator has its highest address", () => {
    expect(topology(testCluster()).segments).toEqual([
      { subnet: { first: 0x0a000000, last: 0x0a0000ff, prefix: 24 }, operator: "10.0.0.254", bridge: "tripod0a000000" },
    ]);
  });

  test("an address of a machine or the VIP is never the operator's", () => {
    const workers = [testMachine("w1", "10.0.0.254", "worker")];
    expect(networks(testCluster({ workers, loadBalancer: { vip: "10.0.0.253" } }))).toEqual(["24 10.0.0.252"]);
  });

  test("a small subnet stays small, as in production", () => {
    expect(networks(testCluster({ workers: [], loadBalancer: { subnet: "10.0.0.0/28" } }))).toEqual(["28 10.0.0.14"]);
  });

  test("machines elsewhere have a separate segment, the /24 around them", () => {
    const workers = [testMachine("w1", "203.0.113.7", "worker"), testMachine("w2", "203.0.113.8", "worker")];
    expect(networks(testCluster({ workers, network: NO_BRIDGE }))).toEqual(["24 10.0.0.254", "24 203.0.113.254"]);
  });

  test("or a smaller one, if the /24 would overlap the masters' subnet", () => {
    const workers = [testMachine("w1", "10.0.0.70", "worker")];
    expect(networks(testCluster({ workers, network: NO_BRIDGE, loadBalancer: { subnet: "10.0.0.0/26" } }))).toEqual([
      "26 10.0.0.62",
      "26 10.0.0.126",
    ]);
  });

  test("a subnet without a free address is refused", () => {
    const masters = [testMachine("m1", "10.0.0.1", "master")];
    const cluster = testCluster({ masters, workers: [], loadBalancer: { vip: "10.0.0.2", subnet: "10.0.0.0/30" } });
    expect(() => topology(cluster)).toThrow("no address is left for the operator in 10.0.0.0/30");
  });
});

describe("machines", () => {
  test("have the inventory's address, user and port, and masters its interface", () => {
    const workers = [reached("w1", "10.0.0.21", { port: 2222, user: "admin" })];
    const { stations } = topology(testCluster({ workers, loadBalancer: { interface: "ens192" } }));
    expect(stations.slice(2)).toMatchObject([
      {
        ...{ name: "m3", role: "master", addresses: ["10.0.0.13"], users: ["root"], ports: [22], interface: "ens192" },
        login: { address: "10.0.0.13", port: 22, user: "root" },
      },
      {
        ...{ name: "w1", role: "worker", addresses: ["10.0.0.21"], users: ["admin"], ports: [2222], interface: "eth0" },
        login: { address: "10.0.0.21", port: 2222, user: "admin" },
      },
    ]);
  });

  test("have two addresses where SSH connects to another one", () => {
    const [w1] = stations(reached("w1", "10.0.0.21", { address: "203.0.113.21" }));
    expect(w1).toMatchObject({ addresses: ["10.0.0.21", "203.0.113.21"], login: { address: "203.0.113.21" } });
  });

  test.each([
    ["a name", ["w1.example.org", "w2.example.org"]],
    ["an address that forwards ports to several", ["203.0.113.1", "203.0.113.1"]],
    ["an IPv6 address", ["2001:db8::1", "2001:db8::2"]],
  ])("are reached at their own address where SSH connects to %s", (_, [one, other]) => {
    const found = stations(
      reached("w1", "10.0.0.21", { address: one, port: 2201 }),
      reached("w2", "10.0.0.22", { address: other, port: 2202 }),
    );
    expect(found.map(({ addresses, login }) => [...addresses, `${login.address}:${login.port}`])).toEqual([
      ["10.0.0.21", "10.0.0.21:2201"],
      ["10.0.0.22", "10.0.0.22:2202"],
    ]);
  });
});

test("what cannot be mirrored is reported", () => {
  const workers = [
    reached("w1", "10.0.0.21", { address: "w1.example.org" }),
    reached("w2", "10.0.0.22", { address: "10.0.0.11", port: 2202 }),
    reached("w3", "10.0.0.23", { address: "203.0.113.23" }),
  ];
  expect(notMirrored(testCluster({ workers }))).toEqual([
    "SSH connects to w1 at 10.0.0.21 here: the lab has no DNS for w1.example.org",
    "SSH connects to w2 at 10.0.0.22 here: the lab has no forwarded ports for 10.0.0.11",
  ]);
});

describe("bastions", () => {
  test("are separate hosts, one for all machines behind it", () => {
    const front = bastion("198.51.100.5", { port: 2200, user: "jump" });
    const found = stations(
      reached("w1", "10.0.0.21", { bastion: front }),
      reached("w2", "10.0.0.22", { bastion: { ...front, user: "other" } }),
    );
    expect(found.map(({ name }) => name)).toEqual(["w1", "w2", "bastion"]);
    expect(found[1]?.login.through).toEqual({ address: "198.51.100.5", port: 2200, user: "other" });
    expect(found[2]).toEqual({
      ...{ name: "bastion", role: "bastion", addresses: ["198.51.100.5"], interface: "eth0" },
      login: { address: "198.51.100.5", port: 2200, user: "jump" },
      ...{ users: ["jump", "other"], ports: [2200] },
    });
  });

  test("with a name get a documentation address, in no machine's segment", () => {
    const found = stations(
      reached("w1", "192.0.2.21", { bastion: bastion("one.example.org") }),
      reached("w2", "10.0.0.22", { bastion: bastion("two.example.org") }),
    );
    expect(found.map(({ name, login }) => `${name} ${login.through?.address ?? login.address}`)).toEqual([
      "w1 198.51.100.1",
      "w2 198.51.100.2",
      "bastion-1 198.51.100.1",
      "bastion-2 198.51.100.2",
    ]);
  });

  test("never have a machine's name", () => {
    const found = stations(reached("bastion", "10.0.0.21", { bastion: bastion("198.51.100.5") }));
    expect(found.map(({ name }) => name)).toEqual(["bastion", "bastion-0"]);
  });

  test("that are machines of the inventory accept the bastion's user at the bastion's port", () => {
    const { stations } = topology(
      testCluster({
        workers: [reached("w1", "10.0.0.21", { bastion: bastion("10.0.0.11", { user: "jump", port: 2200 }) })],
      }),
    );
    expect(stations.map(({ name }) => name)).toEqual(["m1", "m2", "m3", "w1"]);
    expect(stations[0]).toMatchObject({ users: ["root", "jump"], ports: [22, 2200] });
    expect(stations[3]?.login.through).toEqual({ address: "10.0.0.11", port: 2200, user: "jump" });
  });
});

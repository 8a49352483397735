import { describe, expect, it } from "vitest";
import {
  subnetsFree,
  ownAddress,
  routerIdFree,
  vipFree,
  vipInSubnet,
  vipOurs,
} from "../../../src/phases/preflight/network.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { findings, hostsOf, problems, type UnfitHosts } from "./fit.ts";

describe("a machine's address", () => {
  it("is on one of its interfaces", async () => {
    expect(await findings(ownAddress, {})).toEqual([]);
  });

  it("that no interface has is refused, with the addresses that the host has", async () => {
    const found = await problems(ownAddress, { w1: { addresses: ["lo 127.0.0.1/8", "eth0 192.168.1.5/24"] } });
    expect(found).toMatchObject([
      {
        name: "w1",
        problem: {
          message: "none of its interfaces has the address 10.0.0.21",
          why: "lo 127.0.0.1/8\neth0 192.168.1.5/24",
        },
      },
    ]);
    expect(found[0]?.problem.hint).toContain("ssh: {address: …}");
  });
});

describe("pods and services", () => {
  it.each<[string, string[], string[]]>([
    ["lie where no network of a host is", ["eth0 10.0.0.21/24"], []],
    [
      "are refused where a host has a network of its own",
      ["eth0 10.0.0.21/24", "eth1 10.244.9.1/24", "tun0 10.100.0.2/32"],
      [
        "w1: its network 10.244.9.0/24 (eth1) overlaps the pods' subnet, 10.244.0.0/16",
        "w1: its network 10.100.0.2/32 (tun0) overlaps the services' subnet, 10.96.0.0/12",
      ],
    ],
    ["may lie in a wider network", ["eth0 10.0.0.21/8"], []],
    ["may have our own bridge there already", ["eth0 10.0.0.21/24", "cni0 10.244.21.1/24"], []],
  ])("%s", async (_, addresses, expected) => {
    expect(await findings(subnetsFree, { w1: { addresses } })).toEqual(expected);
  });

  it("of an existing cluster are not checked: its nodes have networks in them", async () => {
    const cluster = testCluster();
    const [m1] = hostsOf(cluster, { m1: { addresses: ["flannel.1 10.244.0.0/32"] } });
    const existing = { clusterExists: true, nodes: new Map([["m1", {} as never]]) };
    expect(m1 && (await subnetsFree.examine(m1, testContext(cluster, [m1], "plan", existing)))).toEqual([]);
  });
});

describe("the VIP's subnet", () => {
  it.each<[string, UnfitHosts, string[], string?]>([
    ["is that of the masters", {}, []],
    [
      "is not that of a master with a narrower mask",
      { m2: { addresses: ["eth0 10.0.0.12/30"] } },
      ["m2: the VIP 10.0.0.10 is not in the subnet of eth0 (10.0.0.12/30)"],
    ],
    ["does not matter to workers", { w1: { addresses: ["eth0 192.168.1.5/24"] } }, []],
    [
      "is that of the interface the inventory names",
      { m1: { addresses: ["eth0 192.168.1.11/24", "eth1 10.0.0.11/24"] } },
      ["m2: it has no interface eth1 with an IPv4 address", "m3: it has no interface eth1 with an IPv4 address"],
      "eth1",
    ],
    [
      "is not taken from the VIP itself, which the interface may carry already",
      { m1: { addresses: ["eth0 10.0.0.10/32", "eth0 192.168.1.11/24"] } },
      ["m1: the VIP 10.0.0.10 is not in the subnet of eth0 (192.168.1.11/24)"],
      "eth0",
    ],
  ])("%s", async (_, unfit, expected, named) => {
    const cluster = testCluster({ loadBalancer: named ? { interface: named } : {} });
    expect(await findings(vipInSubnet, unfit, cluster)).toEqual(expected);
  });
});

describe("the VIP", () => {
  const neighbour = (state: string) => `10.0.0.10 dev eth0 lladdr 52:54:00:aa:bb:cc ${state}\n`;
  const answering = (text: string, cards = ""): UnfitHosts => ({
    m1: { answer: (script) => (script.includes("/sys/class/net") ? cards : script.includes("addr show") ? "" : text) },
  });
  const having = (address: string, keepalived = "active") => ({
    answer: (script: string) =>
      script.includes("addr show") ? `2: eth0    inet ${address}\nkeepalived ${keepalived}\n` : "",
  });

  it.each([
    ["nobody has ever been there", ""],
    ["nothing answers there", "10.0.0.10 dev eth0 FAILED\n"],
    ["nobody has answered yet", "10.0.0.10 dev eth0 INCOMPLETE\n"],
    ["who was there some time ago does not answer any more", neighbour("STALE")],
    ["who was there a moment ago does not answer any more", neighbour("DELAY")],
  ])("is free where %s", async (_, text) => {
    expect(await findings(vipFree, answering(text))).toEqual([]);
  });

  it.each([
    ["answers a ping", `answered\n${neighbour("DELAY")}`],
    ["answers at the Ethernet's level alone", neighbour("REACHABLE")],
  ])("is in use where another machine %s", async (_, text) => {
    const found = await problems(vipFree, answering(text));
    expect(found).toMatchObject([
      {
        name: "m1",
        problem: { message: "another machine answers at the VIP 10.0.0.10 (MAC address 52:54:00:aa:bb:cc)" },
      },
    ]);
    expect(found[0]?.problem.hint).toContain("loadBalancer.vip");
  });

  it("is ours where the MAC address that answers is a master's: keepalived took it a moment ago", async () => {
    const taken = answering(`answered\n${neighbour("REACHABLE")}`, "52:54:00:aa:bb:cc\n");
    expect(await findings(vipFree, taken)).toEqual([]);
  });

  it("that one of our masters holds is ours, without further checks", async () => {
    const asked: string[] = [];
    const answer = (script: string) => {
      if (!script.includes("addr show")) asked.push(script);
      return `answered\n${neighbour("REACHABLE")}`;
    };
    const unfit = { m1: { answer }, m2: having("10.0.0.10/32") };
    expect([await findings(vipFree, unfit), await findings(routerIdFree, unfit), asked]).toEqual([[], [], []]);
  });

  it.each<[string, UnfitHosts, string[]]>([
    ["keepalived carries is where it belongs", { m2: having("10.0.0.10/32") }, []],
    [
      "somebody wrote on a master by hand is refused",
      { m2: having("10.0.0.10/24") },
      ["m2: it has 10.0.0.10/24 on eth0, which keepalived did not add"],
    ],
    [
      "a worker has is refused",
      { w1: having("10.0.0.10/32", "inactive") },
      ["w1: it has 10.0.0.10/32 on eth0, which keepalived did not add"],
    ],
    [
      "somebody wrote on a master by hand, as keepalived would, is refused",
      { m1: having("10.0.0.10/32", "inactive\nkeepalived has another address") },
      ["m1: it has 10.0.0.10/32 on eth0, which keepalived did not add"],
    ],
    ["keepalived has left behind is kept: it is started next", { m1: having("10.0.0.10/32", "failed") }, []],
  ])("that %s", async (_, unfit, expected) => {
    const found = await problems(vipOurs, unfit);
    expect(found.map(({ name, problem }) => `${name}: ${problem.message}`)).toEqual(expected);
    for (const { problem } of found) expect(problem.hint).toContain("`ip addr del 10.0.0.10/");
  });
});

describe("the router id", () => {
  it("is free where no advert is received", async () => {
    expect(await findings(routerIdFree, {})).toEqual([]);
  });

  it("that another keepalived advertises is refused", async () => {
    const heard = "12:00:00.000000 IP 10.0.0.77 > 224.0.0.18: VRRPv2, Advertisement, vrid 51, prio 100\n";
    const found = await problems(routerIdFree, { m3: { answer: () => heard } });
    expect(found).toMatchObject([
      { name: "m3", problem: { message: "10.0.0.77 already advertises VRRP router id 51 in this network" } },
    ]);
    expect(found[0]?.problem.hint).toContain("loadBalancer.routerId");
  });

  it("is listened for on masters only, and our own masters' adverts do not count", async () => {
    const asked: string[] = [];
    const answer = (script: string) => {
      if (!script.includes("addr show")) asked.push(script);
      return "";
    };
    await findings(routerIdFree, { m1: { answer }, w1: { answer } });
    expect(asked).toHaveLength(1);
    for (const last of [11, 12, 13]) expect(asked[0]).toContain(`not src host 10.0.0.${last}`);
  });
});

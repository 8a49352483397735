import { describe, expect, it } from "vitest";
import { bridgeConflist, podRouting, podRoutesScript, podRoutesUnit } from "../../src/config/bridge.ts";
import { podCidrs } from "../../src/config/pod-cidr.ts";
import { machineNamed, testCluster, testMachine } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();
const cidrs = podCidrs(cluster);

describe("The bridge network", () => {
  it.each([...cluster.masters.slice(0, 1), ...cluster.workers.slice(0, 1)])(
    "gives the pods of $name their addresses and the way to all others",
    (machine) => {
      expectGolden(`bridge/${machine.name}/10-tripod.conflist`, bridgeConflist(machine, cidrs));
      const script = podRoutesScript(podRouting(cluster, machine, cidrs));
      expectGolden(`bridge/${machine.name}/pod-routes.sh`, script);
    },
  );

  it("gives pods the MTU of the host's interface where it is smaller than usual", () => {
    const m1 = machineNamed(cluster, "m1");
    expect(bridgeConflist(m1, cidrs, 1450)).toContain('"mtu": 1450');
    for (const mtu of [1500, 9000]) expect(bridgeConflist(m1, cidrs, mtu)).toBe(bridgeConflist(m1, cidrs));
  });

  it("is installed by the same unit on all machines", () => {
    expectGolden("bridge/tripod-pod-routes.service", podRoutesUnit());
  });

  it("has no route to its own pods, and one to every other machine's", () => {
    expect(podRouting(cluster, machineNamed(cluster, "w1"), cidrs).routes).toEqual([
      { podCidr: "10.244.11.0/24", address: "10.0.0.11" },
      { podCidr: "10.244.12.0/24", address: "10.0.0.12" },
      { podCidr: "10.244.13.0/24", address: "10.0.0.13" },
      { podCidr: "10.244.22.0/24", address: "10.0.0.22" },
    ]);
  });
});

describe("A machine's pod CIDR", () => {
  const workers = (...addresses: string[]) =>
    testCluster({
      loadBalancer: { subnet: "10.0.0.0/16" },
      workers: addresses.map((address, index) => testMachine(`w${index + 1}`, address, "worker")),
    });

  it("follows from its own address, so that machines can be added and removed without moving other machines' pods", () => {
    expect(podCidrs(workers("10.0.0.21", "10.0.0.22")).get("w2")).toBe("10.244.22.0/24");
    expect(podCidrs(workers("10.0.0.99", "10.0.0.22")).get("w2")).toBe("10.244.22.0/24");
  });

  it("is the next free one where two addresses lead to the same", () => {
    const clash = podCidrs(workers("10.0.0.21", "10.0.1.21", "10.0.2.21"));
    expect(["w1", "w2", "w3"].map((name) => clash.get(name))).toEqual([
      "10.244.21.0/24",
      "10.244.22.0/24",
      "10.244.23.0/24",
    ]);
  });

  it("is kept once it has one, whatever machine comes before it", () => {
    const later = podCidrs(workers("10.0.0.21", "10.0.1.21"), new Map([["w2", "10.244.21.0/24"]]));
    expect([later.get("w1"), later.get("w2")]).toEqual(["10.244.22.0/24", "10.244.21.0/24"]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["a whole service network", { w1: "10.96.0.0/12" }, "its pod range is 10.96.0.0/12"],
    ["half the Internet", { w1: "0.0.0.0/1" }, "its pod range is 0.0.0.0/1"],
    ["the whole pod subnet", { w1: "10.244.0.0/16" }, "not a /24 of the pod subnet 10.244.0.0/16"],
    ["a single address of another's", { w1: "10.244.22.5/32" }, "not a /24 of the pod subnet"],
    ["a range with host bits", { w1: "10.244.21.7/24" }, "not a /24 of the pod subnet"],
    ["a /24 outside the pod subnet", { w1: "10.0.0.0/24" }, "its pod range is 10.0.0.0/24"],
    ["what is no range", { w1: "10.244.300.0/24" }, "its pod range is 10.244.300.0/24"],
    ["another's range", { m1: "10.244.11.0/24", w1: "10.244.11.0/24" }, "w1 and m1 both have the pod range"],
  ])("is refused where a machine claims %s, and nobody gets a route", (_, claimed, said) => {
    expect(() => podCidrs(cluster, new Map(Object.entries(claimed)))).toThrow(
      expect.objectContaining({
        code: "E_REFUSED",
        message: expect.stringContaining(said) as string,
        details: expect.objectContaining({
          host: "w1",
          origin: expect.objectContaining({ line: 21 }) as unknown,
        }) as unknown,
      }),
    );
  });

  it("lies within the pod subnet however small that is, as long as all find room", () => {
    const snug = podCidrs(testCluster({ kubernetes: { podSubnet: "10.244.8.0/21" } }));
    expect(new Set(snug.values()).size).toBe(5);
    expect([...snug.values()].every((cidr) => /^10\.244\.(8|9|1[0-5])\.0\/24$/.test(cidr))).toBe(true);
  });

  it.each(["10.244.0.0/22", "10.244.0.0/25"])("does not exist where %s has no room for five", (podSubnet) => {
    expect(() => podCidrs({ ...cluster, kubernetes: { ...cluster.kubernetes, podSubnet } })).toThrow(
      expect.objectContaining({ code: "E_INVENTORY" }),
    );
  });
});

import { describe, expect, it, test } from "vitest";
import { operatorClock } from "../../../src/phases/preflight/clocks.ts";
import { cgroupVersion, clocks, size, systemd, unique } from "../../../src/phases/preflight/machine.ts";
import { testCluster } from "../../support/cluster.ts";
import { clusterOf } from "../../support/counted.ts";
import { findings, problems, type UnfitHosts } from "./fit.ts";

test.each([
  ["systemd", systemd],
  ["CPUs and memory", size],
  ["unique machines", unique],
  ["clocks", clocks],
  ["the operator's clock", operatorClock],
  ["cgroups", cgroupVersion],
])("fit hosts pass the check of %s", async (_, check) => {
  expect(await findings(check, {})).toEqual([]);
});

test("a host without systemd is refused, with what systemd is needed for", async () => {
  const found = await problems(systemd, { w1: { systemd: false } });
  expect(found).toMatchObject([{ name: "w1", problem: { message: "systemd is not running" } }]);
  expect(found[0]?.problem.hint).toMatch(/systemd units/);
});

describe("CPUs and memory", () => {
  it.each<[string, UnfitHosts, string[]]>([
    ["a master needs two CPUs", { m2: { cpus: 1 } }, ["m2: 1 CPU, but a master needs 2"]],
    ["a worker does with one", { w1: { cpus: 1 } }, []],
    ["a master needs 1700 MiB", { m1: { memory: 1699 } }, ["m1: 1699 MiB of memory, but a master needs 1700"]],
    ["a worker needs less", { w2: { memory: 699 } }, ["w2: 699 MiB of memory, but a worker needs 700"]],
    [
      "both at once are two problems",
      { m1: { cpus: 1, memory: 512 } },
      ["m1: 1 CPU, but a master needs 2", "m1: 512 MiB of memory, but a master needs 1700"],
    ],
  ])("%s", async (_, unfit, expected) => {
    expect(await findings(size, unfit)).toEqual(expected);
  });

  it("are not checked where the inventory tolerates it, by the name that kubeadm uses", async () => {
    const small = { m1: { cpus: 1, memory: 512 } };
    expect(await findings(size, small, testCluster({ kubernetes: { tolerate: ["NumCPU", "Mem"] } }))).toEqual([]);
    for (const { problem } of await problems(size, small)) expect(problem.hint).toMatch(/(NumCPU|Mem) .*tolerate/);
  });
});

describe("unique machines", () => {
  it.each<[string, UnfitHosts, string[]]>([
    [
      "clones have the same machine-id",
      { m1: { machineId: "abc" }, m3: { machineId: "abc" }, w1: { machineId: "abc" } },
      [
        "m1: its machine-id is also that of m3, w1",
        "m3: its machine-id is also that of m1, w1",
        "w1: its machine-id is also that of m1, m3",
      ],
    ],
    [
      "a machine may have lost its id",
      { m1: { machineId: "" }, m2: { machineId: "" } },
      ["m1", "m2"].map((m) => `${m}: /etc/machine-id is empty`),
    ],
    ["two names may be one machine", { w2: { hostname: "w1" } }, ["w2: its hostname w1 is also that of w1"]],
    [
      "fresh machines may all be called localhost",
      { m1: { hostname: "localhost" }, m2: { hostname: "localhost" } },
      [],
    ],
    ["a machine may still have another name", { m1: { hostname: "debian" } }, []],
  ])("%s", async (_, unfit, expected) => {
    expect(await findings(unique, unfit)).toEqual(expected);
  });
});

describe("clocks", () => {
  it.each<[string, UnfitHosts, string[]]>([
    ["a second apart is near enough", { m1: { offset: 1030 } }, []],
    ["what the question's own way took is not held against a host", { m1: { offset: 2500, uncertainty: 1500 } }, []],
    [
      "the one that is wrong is reported, the others are not",
      { m2: { offset: -5000 } },
      ["m2: its clock differs from m1 by 5.0 s, m3 by 5.0 s, w1 by 5.0 s, w2 by 5.0 s"],
    ],
    [
      "a minority that agrees is still a minority",
      { w1: { offset: 5000 }, w2: { offset: 5000 } },
      ["w1", "w2"].map((name) => `${name}: its clock differs from m1 by 5.0 s, m2 by 5.0 s, m3 by 5.0 s`),
    ],
  ])("%s", async (_, unfit, expected) => {
    expect(await findings(clocks, unfit)).toEqual(expected);
  });

  const three = testCluster({ workers: [] });

  it("of three, only the one that is wrong is reported", async () => {
    expect(await findings(clocks, { m3: { offset: 60_000 } }, three)).toEqual([
      "m3: its clock differs from m1 by 60.0 s, m2 by 60.0 s",
    ]);
  });

  it("of many hosts, name eight that differ and how many more", async () => {
    const many = clusterOf(30);
    const names = ["m1", "m3", "w1", "w2", "w3", "w4", "w5", "w6"].map((name) => `${name} by 5.0 s`);
    expect(await findings(clocks, { m2: { offset: -5000 } }, many)).toEqual([
      `m2: its clock differs from ${names.join(", ")}, 21 more`,
    ]);
  });

  it("that differ are always reported, whichever is right", async () => {
    const spread = { m1: { offset: 0 }, m2: { offset: 900 }, m3: { offset: 1800 } };
    expect(await findings(clocks, spread, three)).toEqual([
      "m1: its clock differs from m3 by 1.8 s",
      "m3: its clock differs from m1 by 1.8 s",
    ]);
  });
});

describe("the operator's clock", () => {
  const all = (offset: number, uncertainty?: number): UnfitHosts =>
    Object.fromEntries(["m1", "m2", "m3", "w1", "w2"].map((name) => [name, { offset, uncertainty }]));

  it("three hours ahead of all hosts is reported once, before anything is signed with it", async () => {
    const found = await problems(operatorClock, all(-3 * 3_600_000));
    expect(found).toMatchObject([
      { name: "m1", problem: { ofCluster: true, message: expect.stringMatching(/clock of the machine/) as string } },
    ]);
    expect(found[0]?.problem.why).toContain("m1: this machine is 3.0 h ahead\nm2: ");
  });

  it("behind the hosts is reported too: a bootstrap token would expire before it is used", async () => {
    expect((await problems(operatorClock, all(5 * 60_000)))[0]?.problem.why).toContain(
      "w2: this machine is 5 min behind",
    );
  });

  it.each<[string, UnfitHosts]>([
    ["may be as wrong as harms nobody", all(50_000)],
    ["is not held responsible for a slow way there", all(80_000, 30_000)],
    ["is not doubted for one host's sake", { m2: { offset: -7_200_000 } }],
  ])("%s", async (_, unfit) => {
    expect(await findings(operatorClock, unfit)).toEqual([]);
  });
});

describe("cgroups", () => {
  const old: UnfitHosts = { w1: { cgroups: 1 } };

  it("v1 is refused where the kubelet would refuse it, with both ways out", async () => {
    const found = await problems(cgroupVersion, old);
    expect(found).toMatchObject([
      {
        name: "w1",
        problem: { message: "the host has cgroups v1, which the kubelet refuses from Kubernetes 1.35 on" },
      },
    ]);
    expect(found[0]?.problem.hint).toMatch(/unified_cgroup_hierarchy=1.*failCgroupV1: false/);
  });

  it.each([
    ["an older kubelet takes it", { version: "1.34.2" }],
    ["the inventory says so", { kubelet: { failCgroupV1: false } }],
  ])("v1 is taken where %s", async (_, kubernetes) => {
    expect(await findings(cgroupVersion, old, testCluster({ kubernetes }))).toEqual([]);
  });
});

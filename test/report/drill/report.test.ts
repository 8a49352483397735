import { expect, test } from "vitest";
import { drillJson, drillReportOf } from "../../../src/report/drill/index.ts";
import { DRILLS, drillReport, everything, fine } from "./drills.ts";
import { powerHolder, quorum, twoHolders } from "./simulated-scenarios.ts";
import { PROBES, simulated, STARTED_AT } from "./simulated.ts";

test("events without a drill make no report", () => {
  expect(drillReportOf([])).toBeUndefined();
  expect(drillReportOf(fine.slice(1))).toBeUndefined();
});

test("a report contains what a drill was to do, and the results", () => {
  const report = drillReport(everything);
  expect(report).toMatchObject({
    cluster: "lab",
    outcome: "failed",
    startedAt: STARTED_AT,
    interval: 50,
    vip: "10.0.0.100",
  });
  expect(report.probes).toEqual(PROBES);
  expect(report.scenarios.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    "api-server-holder ok",
    "power-holder ok",
    "power-holder ok",
    "power-holder ok",
    "power-master breach",
    "power-worker ok",
    "cut-vrrp breach",
    "quorum ok",
    "etcd-leader breach",
    "kubelet failed",
  ]);
  expect(report.skipped.map(({ name }) => name)).toEqual(["latency", "clock"]);
  expect(report.notBegun).toEqual(["haproxy-holder"]);
});

test("the ledgers of all scenarios are counted together", () => {
  expect(drillReport(everything).ledger).toEqual({
    attempted: 6400,
    acknowledged: 6220,
    unacknowledgedThere: 9,
    lost: 1,
    outOfOrder: 0,
    unseen: 2,
  });
  expect(drillReport(everything.filter(({ type }) => type !== "ledger")).ledger).toBeUndefined();
});

test("a scenario has its times, and has recovered when the last condition is met", () => {
  const [scenario] = drillReport(simulated([powerHolder(880)])).scenarios;
  const disrupt = STARTED_AT + 3000 + 2000;
  expect(scenario?.times).toEqual({
    disrupt,
    disrupted: disrupt + 60,
    restore: disrupt + 10_000,
    restored: disrupt + 10_120,
    whole: disrupt + 31_000,
  });
});

test("a scenario that failed has not recovered, and names the reason", () => {
  const failed = drillReport(everything).scenarios.at(-1);
  expect(failed?.times).not.toHaveProperty("whole");
  expect(failed?.errors[0]).toMatchObject({ code: "E_DEADLINE", why: "m2: container runtime is down" });
  expect(failed?.waits).toMatchObject([
    {
      condition: "every node is Ready",
      met: false,
      reasons: [{ ms: 20_000 }, { reason: "m2: container runtime is down" }],
    },
  ]);
});

test("VIP holders follow each other, with the time in which there was none", () => {
  const [scenario] = drillReport(simulated([powerHolder(880)])).scenarios;
  const zero = scenario?.times.disrupt ?? 0;
  expect(scenario?.holders.map(({ host, from, to }) => [host, from - zero, to - zero])).toEqual([
    ["m1", -2000, 60],
    ["m2", 820, 25_230],
    ["m1", 25_200, 31_400],
  ]);
  expect(scenario?.nobody).toEqual([{ from: zero + 60, to: zero + 820 }]);
  expect(scenario?.twoHolders).toEqual([{ from: zero + 25_200, to: zero + 25_230, hosts: ["m2", "m1"] }]);
});

test("while the masters are partitioned two VIP holders are not judged, afterwards they are", () => {
  const [scenario] = drillReport(simulated([twoHolders])).scenarios;
  expect(scenario).toMatchObject({
    outcome: "breach",
    twoHoldersJudged: 920,
    breaches: ["m1 and m2 held the VIP at once for 0.92 s, limit 0.5 s"],
  });
});

test("where reads and writes are expected to stop, only the ledger and the VIP are judged", () => {
  const [scenario] = drillReport(simulated([quorum])).scenarios;
  expect(scenario).toMatchObject({ outcome: "ok", stops: true, breaches: [] });
  expect(scenario?.probes.find(({ probe }) => probe.id === "apiRead@operator")).toMatchObject({ judged: false });
  const ends = scenario?.leaderless.map(({ from, to }) => to - from);
  expect(ends).toEqual([26_800]);
});

test("the report of a killed drill contains what is known", () => {
  const killed = drillReport(DRILLS["killed drill"] ?? []);
  expect(killed.outcome).toBe("unfinished");
  expect(killed.scenarios).toMatchObject([{ outcome: "unfinished", name: "api-server-holder" }]);
  expect(killed.notBegun).toHaveLength(12);
});

test("the rounds of a scenario are one table: median, worst, and failed requests", () => {
  const [rounds, ...others] = drillReport(everything).rounds;
  expect(others).toEqual([]);
  expect(rounds).toMatchObject({ name: "power-holder", rounds: 3 });
  const read = rounds?.probes.find(({ probe }) => probe.id === "apiRead@operator");
  expect(read?.darks).toHaveLength(3);
  expect(read?.median).toBe(read?.darks[0]);
  expect(read).toMatchObject({ worstDark: read?.darks[2], worstTail: 0, failed: 56, asked: 1980 });
});

test("the median of an even number of rounds lies between the middle two", () => {
  const { rounds } = drillReport(simulated([powerHolder(880), powerHolder(600)]));
  const [read] = rounds[0]?.probes.filter(({ probe }) => probe.id === "apiRead@operator") ?? [];
  expect(read?.median).toBe(((read?.darks[0] ?? 0) + (read?.darks[1] ?? 0)) / 2);
});

test("JSON has all of it", () => {
  expect(JSON.parse(drillJson(drillReport(everything)))).toEqual(JSON.parse(JSON.stringify(drillReport(everything))));
});

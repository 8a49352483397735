import { describe, expect, test } from "vitest";
import type { DrillEvent, LedgerResult, Sample } from "../../src/drills/events.ts";
import { lengthColumn, lengthText } from "../../src/drills/length.ts";
import { verdictOf } from "../../src/drills/verdict.ts";
import { testCluster } from "../support/cluster.ts";

const { limits } = testCluster().drill;

type Told<Type extends DrillEvent["type"]> = Partial<Extract<DrillEvent, { readonly type: Type }>>;

/** A drill of one probe, before its first scenario. */
const begun: DrillEvent = {
  type: "drill.start",
  at: 0,
  cluster: "lab",
  masters: ["m1", "m2", "m3"],
  workers: ["w1"],
  vip: "10.0.0.100",
  versions: {},
  probes: [{ id: "apiRead@operator", name: "apiRead", title: "read through the VIP", from: "operator" }],
  interval: 50,
  timeout: 1000,
  limits,
  scenarios: ["power-holder"],
};

function started(told: Told<"scenario.start"> = {}): DrillEvent {
  return {
    type: "scenario.start",
    at: 10_000,
    scenario: 1,
    name: "power-holder",
    title: "Power cut of the VIP's holder",
    what: "power of m1 cut",
    victims: ["m1"],
    limits: {},
    stops: false,
    divides: false,
    undoneAfter: 60_000,
    ...told,
  };
}

const ended: DrillEvent = { type: "scenario.end", at: 30_000, scenario: 1, outcome: "ok", breaches: [], errors: [] };

/** Requests each 50 ms from 5 s to 30 s; those that are sent from `from` to `to` time out. */
function asked(from: number, to: number): DrillEvent {
  const samples = Array.from({ length: 500 }, (_, index): Sample => {
    const at = index * 50;
    return at + 5000 >= from && at + 5000 < to ? [at, 1000, "timeout"] : [at, 5, null];
  });
  return { type: "probe.samples", at: 5000, probe: "apiRead@operator", samples };
}

function vip(at: number, host: string, held: boolean): DrillEvent {
  return { type: "vip", at, host, held };
}

const breaches = (...events: DrillEvent[]) => verdictOf([begun, ...events], 1).breaches;

describe("an outage", () => {
  test("within its limit is no breach", () => {
    expect(breaches(started(), asked(15_000, 16_900))).toEqual([]);
  });

  test("beyond its limit is one, and the sentence says which client, how long, and what was allowed", () => {
    expect(breaches(started(), asked(15_000, 17_595))).toEqual([
      "read through the VIP (operator): out for 2.61 s, allowed are 2 s",
    ]);
  });

  test("is held against the scenario's own limit where it has one", () => {
    const { probes } = verdictOf([begun, started({ limits: { apiRead: 60_000 } }), asked(15_000, 20_000)], 1);
    expect(probes[0]).toMatchObject({ limit: 60_000, breach: undefined, measured: { longest: 5005 } });
  });

  test("that a scenario is meant to make is measured, and judged by nobody", () => {
    const { probes, breaches } = verdictOf([begun, started({ stops: true }), asked(15_000, 25_000)], 1);
    expect(breaches).toEqual([]);
    expect(probes[0]).toMatchObject({ judged: false, measured: { longest: 10_005 } });
  });

  test("that is not over at the end is said to be open", () => {
    expect(breaches(started(), asked(20_000, 40_000))).toEqual([
      "read through the VIP (operator): out for 11 s and not yet back, allowed are 2 s",
    ]);
  });

  test("before the scenario is its base line's, and no breach of it", () => {
    const { probes, breaches } = verdictOf([begun, asked(6000, 9000), started()], 1);
    expect(breaches).toEqual([]);
    expect(probes[0]).toMatchObject({ before: { asked: 100, failed: 60 }, measured: { failed: 0 } });
  });

  test("is told from how it was just before the disruption, the scenario's own first seconds included", () => {
    const events = [begun, started(), { type: "disrupt", at: 12_000, scenario: 1 } as const, asked(13_000, 14_000)];
    expect(verdictOf(events, 1).probes[0]).toMatchObject({
      before: { asked: 100, failed: 0 },
      measured: { failed: 20 },
    });
  });

  test("of the scenario before is not in its base line", () => {
    const events = [begun, asked(6000, 7000), started({ at: 5000 }), { ...ended, at: 8000 }];
    const next = started({ at: 10_000, scenario: 2 });
    expect(verdictOf([...events, next], 2).probes[0]?.before).toMatchObject({ asked: 40, failed: 0 });
  });
});

test("a probe of which nothing was heard proves nothing", () => {
  expect(breaches(started())).toEqual(["read through the VIP (operator): was not measured"]);
});

test("what is told after the end changes nothing: the runner and the report judge alike", () => {
  const events = [begun, started(), asked(15_000, 16_000), vip(15_000, "m1", true)];
  const later: DrillEvent[] = [
    ended,
    { type: "probe.samples", at: 20_000, probe: "apiRead@operator", samples: [[0, 9000, "timeout"]] },
    vip(14_000, "m2", true),
  ];
  expect(verdictOf([...events, ...later], 1)).toEqual(verdictOf(events, 1));
});

test("a scenario that never began is a mistake of who asks", () => {
  expect(() => verdictOf([begun], 1)).toThrow("no event tells of the beginning of scenario 1");
});

describe("two holders of the VIP", () => {
  const blink = [vip(1000, "m1", true), vip(15_000, "m2", true), vip(15_400, "m1", false)];
  const long = [vip(1000, "m1", true), vip(15_000, "m2", true), vip(16_200, "m1", false)];
  const calm = asked(0, 0);

  test("for no longer than an ARP entry needs are none", () => {
    expect(breaches(started(), calm, ...blink)).toEqual([]);
    expect(verdictOf([begun, started(), ...blink], 1).twoHolders).toEqual([
      { from: 15_000, to: 15_400, hosts: ["m1", "m2"] },
    ]);
  });

  test("for longer are a breach", () => {
    expect(breaches(started(), calm, ...long)).toEqual(["m1 and m2 held the VIP at once for 1.2 s, allowed are 0.5 s"]);
  });

  test("are to be expected while masters cannot hear each other, and a breach when they can again", () => {
    const divided = (restored: number): DrillEvent[] => [
      started({ divides: true }),
      { type: "disrupt", at: 14_900, scenario: 1 },
      { type: "restored", at: restored, scenario: 1 },
    ];
    expect(breaches(...divided(15_800), calm, ...long)).toEqual([]);
    expect(breaches(...divided(15_100), calm, ...long)).toEqual([
      "m1 and m2 held the VIP at once for 1.1 s, allowed are 0.5 s",
    ]);
  });

  test("are one time, whoever they are", () => {
    const three = [...long.slice(0, 2), vip(15_300, "m3", true), vip(15_600, "m1", false), vip(16_000, "m3", false)];
    expect(breaches(started(), calm, ...three)).toEqual([
      "m1 and m2 and m3 held the VIP at once for 1 s, allowed are 0.5 s",
    ]);
  });
});

describe("of the ledger", () => {
  const whole: LedgerResult = {
    attempted: 400,
    acknowledged: 380,
    unacknowledgedThere: 3,
    lost: [],
    outOfOrder: [],
    unseen: [],
  };
  const found = (result: Partial<LedgerResult>) =>
    breaches(started({ stops: true }), { type: "ledger", at: 29_000, scenario: 1, result: { ...whole, ...result } });

  test("a write that nobody acknowledged may be there or not", () => {
    expect(found({})).toEqual([]);
  });

  test("no acknowledged write may be lost, out of order or untold, not even where reads and writes are meant to stop", () => {
    expect(found({ lost: [17, 18] })).toEqual(["2 of 380 acknowledged writes lost: 17, 18"]);
    expect(found({ outOfOrder: [9] })).toEqual(["1 of 380 acknowledged writes out of order: 9"]);
    expect(found({ unseen: Array.from({ length: 12 }, (_, index) => index) })).toEqual([
      "12 of 380 acknowledged writes never told by the watch: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more",
    ]);
  });
});

test.each([
  [0, "0 s"],
  [905, "0.91 s"],
  [2000, "2 s"],
  [2000.4, "2 s"],
  [2001, "2.01 s"],
  [18_360, "18.4 s"],
  [185_000, "3 min 5 s"],
  [180_000, "3 min"],
])("%d ms are said as %s, and never as less than they were", (ms, said) => {
  expect(lengthText(ms)).toBe(said);
});

test("in a column they have all their digits", () => {
  expect([2600, 18_000, 185_000].map(lengthColumn)).toEqual(["2.60 s", "18.0 s", "3 min 5 s"]);
});

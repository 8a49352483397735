import { describe, expect, test } from "vitest";
import type { DrillEvent, LedgerResult, Sample } from "../../src/drills/events.ts";
import { lengthColumn, lengthText } from "../../src/drills/length.ts";
import { verdictOf } from "../../src/drills/verdict.ts";
import { testCluster } from "../support/cluster.ts";

const { limits } = testCluster().drill;

type Fields<Type extends DrillEvent["type"]> = Partial<Extract<DrillEvent, { readonly type: Type }>>;

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

function started(fields: Fields<"scenario.start"> = {}): DrillEvent {
  return {
    type: "scenario.start",
    at: 10_000,
    scenario: 1,
    name: "power-holder",
    title: "Power cut of the VIP holder",
    what: "power of m1 cut",
    victims: ["m1"],
    limits: {},
    stops: false,
    divides: false,
    undoneAfter: 60_000,
    ...fields,
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

  test("beyond its limit is one, and the sentence contains the client, the length and the limit", () => {
    expect(breaches(started(), asked(15_000, 17_595))).toEqual([
      "read through the VIP (operator): outage of 2.61 s, limit 2 s",
    ]);
  });

  test("is compared with the scenario's own limit where it has one", () => {
    const { probes } = verdictOf([begun, started({ limits: { apiRead: 60_000 } }), asked(15_000, 20_000)], 1);
    expect(probes[0]).toMatchObject({ limit: 60_000, breach: undefined, measured: { longest: 5005 } });
  });

  test("that a scenario is expected to cause is measured, but not judged", () => {
    const { probes, breaches } = verdictOf([begun, started({ stops: true }), asked(15_000, 25_000)], 1);
    expect(breaches).toEqual([]);
    expect(probes[0]).toMatchObject({ judged: false, measured: { longest: 10_005 } });
  });

  test("that is not over at the end is reported as open", () => {
    expect(breaches(started(), asked(20_000, 40_000))).toEqual([
      "read through the VIP (operator): outage of 11 s, not over yet, limit 2 s",
    ]);
  });

  test("before the scenario belongs to its baseline, and is no breach", () => {
    const { probes, breaches } = verdictOf([begun, asked(6000, 9000), started()], 1);
    expect(breaches).toEqual([]);
    expect(probes[0]).toMatchObject({ before: { asked: 100, failed: 60 }, measured: { failed: 0 } });
  });

  test("is compared with the time just before the disruption, the first seconds of the scenario included", () => {
    const events = [begun, started(), { type: "disrupt", at: 12_000, scenario: 1 } as const, asked(13_000, 14_000)];
    expect(verdictOf(events, 1).probes[0]).toMatchObject({
      before: { asked: 100, failed: 0 },
      measured: { failed: 20 },
    });
  });

  test("of the previous scenario is not in its baseline", () => {
    const events = [begun, asked(6000, 7000), started({ at: 5000 }), { ...ended, at: 8000 }];
    const next = started({ at: 10_000, scenario: 2 });
    expect(verdictOf([...events, next], 2).probes[0]?.before).toMatchObject({ asked: 40, failed: 0 });
  });
});

test("a probe without samples is a breach", () => {
  expect(breaches(started())).toEqual(["read through the VIP (operator): was not measured"]);
});

test("events after the end change nothing: the drill and its report have the same verdict", () => {
  const events = [begun, started(), asked(15_000, 16_000), vip(15_000, "m1", true)];
  const later: DrillEvent[] = [
    ended,
    { type: "probe.samples", at: 20_000, probe: "apiRead@operator", samples: [[0, 9000, "timeout"]] },
    vip(14_000, "m2", true),
  ];
  expect(verdictOf([...events, ...later], 1)).toEqual(verdictOf(events, 1));
});

test("a scenario that never began is a mistake of the caller", () => {
  expect(() => verdictOf([begun], 1)).toThrow("the events contain no start of scenario 1");
});

describe("two VIP holders", () => {
  const blink = [vip(1000, "m1", true), vip(15_000, "m2", true), vip(15_400, "m1", false)];
  const long = [vip(1000, "m1", true), vip(15_000, "m2", true), vip(16_200, "m1", false)];
  const calm = asked(0, 0);

  test("for as long as an ARP update takes are no breach", () => {
    expect(breaches(started(), calm, ...blink)).toEqual([]);
    expect(verdictOf([begun, started(), ...blink], 1).twoHolders).toEqual([
      { from: 15_000, to: 15_400, hosts: ["m1", "m2"] },
    ]);
  });

  test("for longer are a breach", () => {
    expect(breaches(started(), calm, ...long)).toEqual(["m1 and m2 held the VIP at once for 1.2 s, limit 0.5 s"]);
  });

  test("are expected while the masters are partitioned, and a breach afterwards", () => {
    const divided = (restored: number): DrillEvent[] => [
      started({ divides: true }),
      { type: "disrupt", at: 14_900, scenario: 1 },
      { type: "restored", at: restored, scenario: 1 },
    ];
    expect(breaches(...divided(15_800), calm, ...long)).toEqual([]);
    expect(breaches(...divided(15_100), calm, ...long)).toEqual([
      "m1 and m2 held the VIP at once for 1.1 s, limit 0.5 s",
    ]);
  });

  test("count as one time, even if the masters change", () => {
    const three = [...long.slice(0, 2), vip(15_300, "m3", true), vip(15_600, "m1", false), vip(16_000, "m3", false)];
    expect(breaches(started(), calm, ...three)).toEqual(["m1 and m2 and m3 held the VIP at once for 1 s, limit 0.5 s"]);
  });
});

describe("in the ledger", () => {
  const complete: LedgerResult = {
    attempted: 400,
    acknowledged: 380,
    unacknowledgedThere: 3,
    lost: [],
    outOfOrder: [],
    unseen: [],
  };
  const found = (result: Partial<LedgerResult>) =>
    breaches(started({ stops: true }), { type: "ledger", at: 29_000, scenario: 1, result: { ...complete, ...result } });

  test("a write without acknowledgement may be present or not", () => {
    expect(found({})).toEqual([]);
  });

  test("no acknowledged write may be lost, out of order or unreported, not even where reads and writes are expected to stop", () => {
    expect(found({ lost: [17, 18] })).toEqual(["2 of 380 acknowledged writes lost: 17, 18"]);
    expect(found({ outOfOrder: [9] })).toEqual(["1 of 380 acknowledged writes out of order: 9"]);
    expect(found({ unseen: Array.from({ length: 12 }, (_, index) => index) })).toEqual([
      "12 of 380 acknowledged writes never reported by the watch: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more",
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
])("%d ms are written as %s, never rounded down", (ms, text) => {
  expect(lengthText(ms)).toBe(text);
});

test("in a column they have all digits", () => {
  expect([2600, 18_000, 185_000].map(lengthColumn)).toEqual(["2.60 s", "18.0 s", "3 min 5 s"]);
});

import { describe, expect, test } from "vitest";
import { measure, type Attempt } from "../../../src/drills/outages.ts";
import { axis, canvasOf, closeUp, LEFT, WIDTH } from "../../../src/report/drill/html/canvas.ts";
import { labelsOf } from "../../../src/report/drill/html/lanes.ts";
import { marksHeight, marksOf, rowsOf } from "../../../src/report/drill/html/timeline.ts";
import { drillReport } from "./drills.ts";
import { powerHolder, powerWorker, quorum } from "./simulated-scenarios.ts";
import { simulated } from "./simulated.ts";

const canvas = canvasOf({ from: -2000, to: 10_000, zero: 0 });

/** Outages with their positions in the picture. */
function drawn(...gaps: readonly (readonly [from: number, to: number])[]) {
  const asked = gaps.flatMap(([from, to]): Attempt[] => [
    { from, to: from + 1, error: "refused" },
    { from: to - 5, to, error: null },
  ]);
  return measure(asked, 10_000).outages.flatMap((outage) => {
    const place = canvas.place(outage);
    return place ? [{ outage, from: place.x, to: place.x + place.width }] : [];
  });
}

describe("the axis", () => {
  test("counts from the disruption, forwards and backwards, in round times", () => {
    const labels = axis(canvas, 100).map(({ markup }) => />([^<]+)<\/text>/.exec(markup)?.[1]);
    expect(labels).toEqual([
      "−2 s",
      "−1 s",
      "0",
      "1 s",
      "2 s",
      "3 s",
      "4 s",
      "5 s",
      "6 s",
      "7 s",
      "8 s",
      "9 s",
      undefined,
    ]);
  });

  test("a span outside of the picture has no position", () => {
    expect(canvas.place({ from: 11_000, to: 12_000 })).toBeUndefined();
    expect(canvas.place({ from: -9000, to: 99_000 })).toMatchObject({ x: LEFT });
  });
});

describe("marks", () => {
  const [scenario] = drillReport(simulated([powerHolder(880)])).scenarios;
  const zero = scenario?.times.disrupt ?? 0;
  const marks = (from: number, to: number) => {
    return scenario ? marksOf(scenario, canvasOf({ from: zero + from, to: zero + to, zero })) : [];
  };

  test("that would overlap are in separate lines", () => {
    expect(marks(-2000, 34_000).map(({ line }) => line)).toEqual([0, 0, 0]);
    expect(marks(-2000, 600_000).map(({ line }) => line)).toEqual([0, 1, 2]);
    expect(marksHeight(marks(-2000, 600_000))).toBe(3 * marksHeight([]));
  });

  test("at the right edge are labelled on the left", () => {
    expect(marks(-2000, 31_200).at(-1)).toMatchObject({ leftward: true, label: "recovered" });
  });

  test("outside of the picture are left out", () => {
    expect(marks(-100, 900).map(({ label }) => label)).toEqual(["power of m1 cut"]);
  });
});

describe("labels", () => {
  test("are after their outage, where there is space", () => {
    const [label] = labelsOf(drawn([100, 1000]), canvas, Infinity);
    expect(label).toMatchObject({ text: "0.9 s", where: "after" });
  });

  test("are before it at the right edge, and never outside of the picture", () => {
    const labels = labelsOf(drawn([9850, 9990]), canvas, Infinity);
    expect(labels).toMatchObject([{ where: "before" }]);
    for (const { to } of labels) expect(to).toBeLessThanOrEqual(WIDTH);
  });

  test("are inside of a total outage that fills the picture", () => {
    expect(labelsOf(drawn([-2000, 10_000]), canvas, 2000)).toMatchObject([{ text: "✗ 12 s", where: "inside" }]);
  });

  test("do not overlap: the longest outage has priority", () => {
    const labels = labelsOf(drawn([100, 1000], [2050, 2100], [3150, 5000]), canvas, Infinity);
    expect(labels.map(({ text }) => text)).toEqual(["1.85 s", "0.9 s", "0.05 s"]);
    for (const one of labels)
      for (const other of labels) if (one !== other) expect(one.to <= other.from || other.to <= one.from).toBe(true);
  });

  test("mention a considerable partial outage", () => {
    expect(labelsOf(drawn([100, 1000], [1500, 1600]), canvas, Infinity)).toMatchObject([
      { text: "1.5 s, 0.9 s total" },
    ]);
  });
});

describe("bands", () => {
  test("of two hosts at once are in two rows", () => {
    const bands = [
      { host: "m1", from: -2000, to: 5000 },
      { host: "m2", from: 3000, to: 10_000 },
      { host: "m1", from: 6000, to: 10_000 },
    ];
    expect(rowsOf(bands, canvas).map((row) => row.map(({ host }) => host))).toEqual([["m1", "m1"], ["m2"]]);
  });

  test("that only touch at a handover are in one row", () => {
    const bands = [
      { host: "m1", from: -2000, to: 5030 },
      { host: "m2", from: 5000, to: 10_000 },
    ];
    expect(rowsOf(bands, canvas)).toHaveLength(1);
  });
});

describe("a close-up", () => {
  const of = (...scripts: Parameters<typeof simulated>[0]) => {
    const [scenario] = drillReport(simulated(scripts)).scenarios;
    const view = scenario && closeUp(scenario);
    return view && { from: view.from - view.zero, to: view.to - view.zero };
  };

  test("shows the first total outage, and a little around it", () => {
    const view = of(powerHolder(880));
    expect(view?.from).toBeLessThan(0);
    expect(view?.to).toBeGreaterThan(900);
    expect(view?.to).toBeLessThan(1500);
  });

  test("is not widened by long outages", () => {
    expect(of(quorum)?.to).toBeLessThan(2000);
  });

  test("is not made without an outage soon after the disruption", () => {
    expect(of({ ...powerWorker, troubles: [] })).toBeUndefined();
  });
});

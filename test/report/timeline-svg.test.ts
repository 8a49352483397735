import { describe, expect, test } from "vitest";
import { timelineSvg } from "../../src/report/timeline-svg.ts";
import { expectGolden } from "../support/golden.ts";
import { report, RUNS } from "../support/reports.ts";
import { bootstrap } from "../support/scenario.ts";
import { all, type Element, everything, parseXml } from "../support/xml.ts";

const picture = (events: Parameters<typeof report>[0]) => parseXml(timelineSvg(report(events)).markup);

function byClass(element: Element, name: string): Element[] {
  return everything(element).filter(({ attributes }) => attributes.class?.split(" ").includes(name));
}

test("the timeline of a bootstrap matches its golden file", () => {
  expectGolden("report/bootstrap.svg", `${timelineSvg(report(bootstrap)).markup}\n`);
});

test("each host has a lane, and each step a labelled bar", () => {
  const drawn = picture(bootstrap);
  expect(byClass(drawn, "host").map(({ text }) => text)).toEqual(["m1", "m2", "w1"]);
  expect(byClass(drawn, "bar")).toHaveLength(report(bootstrap).steps.length);
  const [title] = all(byClass(drawn, "g-masters")[0] ?? drawn, "title");
  expect(title?.text).toBe(
    "First master on m1\n24 s, from 6.2 s to 30 s, on the critical path\n1 change, 2 commands\nkubeadm init: 23 s",
  );
});

test("the critical path is outlined, and one line connects its steps", () => {
  const drawn = picture(bootstrap);
  expect(byClass(drawn, "critical").map((bar) => all(bar, "title")[0]?.text.split("\n")[0])).toEqual([
    "Prepare on m1",
    "etcd on m1",
    "First master on m1",
    "Preflight on m2",
    "Workers on w1",
  ]);
  expect(byClass(drawn, "path")[0]?.attributes.d?.match(/M/g)).toHaveLength(4);
});

test("waits are hatched inside their bars", () => {
  const [etcd] = byClass(picture(bootstrap), "g-etcd");
  if (!etcd) throw new Error("etcd has a bar");
  const [bar, wait] = ["step", "wait"].map((name) => byClass(etcd, name)[0]?.attributes);
  const from = Number(wait?.x);
  expect(from).toBeGreaterThan(Number(bar?.x));
  expect(from + Number(wait?.width)).toBeCloseTo(Number(bar?.x) + Number(bar?.width), 0);
});

describe.each(Object.entries(RUNS))("the timeline of a %s", (_, events) => {
  test("is well-formed, and nothing is outside the picture", () => {
    const drawn = picture(events);
    const width = Number(drawn.attributes.width);
    const height = Number(drawn.attributes.height);
    for (const { x, y, width: wide } of [...byClass(drawn, "step"), ...byClass(drawn, "wait")].map(
      (e) => e.attributes,
    )) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x) + Number(wide)).toBeLessThanOrEqual(width);
      expect(Number(y)).toBeLessThan(height);
    }
    expect(timelineSvg(report(events)).markup).not.toMatch(/NaN|Infinity|undefined/);
  });
});

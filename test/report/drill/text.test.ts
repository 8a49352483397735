import { expect, test } from "vitest";
import { drillSummaryLine, drillText } from "../../../src/report/drill/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { DRILLS, drillReport, everything, fine } from "./drills.ts";
import { simulated } from "./simulated.ts";

test("a drill of everything, for people", () => {
  expectGolden("report/drill.txt", drillText(drillReport(everything)));
});

test("its last line is the drill in one", () => {
  const last = drillText(drillReport(everything)).trimEnd().split("\n").at(-1);
  expect(last).toBe(drillSummaryLine(drillReport(everything)));
  expect(last).toBe(
    "drill: 10 scenarios, 6 within their limits, 3 not, 1 failed, 2 skipped, 1 not begun; worst read 19.7 s out, at most 1.71 s of it dark (power-master), " +
      "1 of 6220 acknowledged writes lost, 2 never told by the watch",
  );
});

test("what went well is said as shortly", () => {
  expect(drillSummaryLine(drillReport(fine))).toBe(
    "drill: 2 scenarios, 2 within their limits, 1 skipped; worst read 0.76 s dark (power-holder), 0 of 900 acknowledged writes lost",
  );
});

test("where nothing was tried, nothing is said of reads and writes", () => {
  expect(drillSummaryLine(drillReport(simulated([])))).toBe("drill: 0 scenarios, 0 within their limits");
});

test("nothing that a host said can steer a terminal", () => {
  const text = drillText(drillReport(DRILLS["hostile drill"] ?? []));
  expect(text).toContain("<script>");
  for (const character of ["\u001B", "\u0000", "\u202E"]) expect(text).not.toContain(character);
});

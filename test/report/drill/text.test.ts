import { expect, test } from "vitest";
import { drillSummaryLine, drillText } from "../../../src/report/drill/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { DRILLS, drillReport, everything, fine } from "./drills.ts";
import { simulated } from "./simulated.ts";

test("the text of a drill matches its golden file", () => {
  expectGolden("report/drill.txt", drillText(drillReport(everything)));
});

test("its last line is the summary", () => {
  const last = drillText(drillReport(everything)).trimEnd().split("\n").at(-1);
  expect(last).toBe(drillSummaryLine(drillReport(everything)));
  expect(last).toBe(
    "drill: 10 scenarios (6 within limits, 3 beyond limits, 1 failed, 2 skipped, 1 not started); worst read: 19.7 s outage, 1.71 s of it total (power-master), " +
      "1 of 6220 acknowledged writes lost, 2 never reported by the watch",
  );
});

test("the summary without a breach is as short", () => {
  expect(drillSummaryLine(drillReport(fine))).toBe(
    "drill: 2 scenarios (2 within limits, 1 skipped); worst read: 0.76 s total outage (power-holder), 0 of 900 acknowledged writes lost",
  );
});

test("without scenarios the summary has no reads and writes", () => {
  expect(drillSummaryLine(drillReport(simulated([])))).toBe("drill: 0 scenarios (0 within limits)");
});

test("no output of a host can control a terminal", () => {
  const text = drillText(drillReport(DRILLS["hostile drill"] ?? []));
  expect(text).toContain("<script>");
  for (const character of ["\u001B", "\u0000", "\u202E"]) expect(text).not.toContain(character);
});

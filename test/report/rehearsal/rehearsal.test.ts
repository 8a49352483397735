import { describe, expect, test } from "vitest";
import type { RehearsalEvent, RehearsalPart } from "../../../src/rehearsal/events.ts";
import {
  partSummary,
  rehearsalHtml,
  rehearsalJunit,
  rehearsalReportOf,
  rehearsalSummaryLine,
  rehearsalText,
} from "../../../src/report/rehearsal/index.ts";
import { HOSTILE, RUNS } from "../../support/reports.ts";
import { all, type Element, everything, parseXml } from "../../support/xml.ts";
import { everything as wholeDrill, fine } from "../drill/drills.ts";

const AT = Date.UTC(2026, 10, 20, 14, 0, 0);
const RECORDS = {
  apply: RUNS.bootstrap,
  plan: RUNS.plan,
  drill: wholeDrill,
  change: fine,
  hostile: RUNS["hostile run"],
};

function part(title: string, records: readonly string[], overrides: Partial<RehearsalPart> = {}): RehearsalEvent {
  return { type: "rehearsal.part", at: AT, title, ms: 61_000, ok: true, said: "12 changed", records, ...overrides };
}

function rehearsed(parts: readonly RehearsalEvent[], ok?: boolean) {
  const inventories = ["/home/operator/prod.yaml", "/home/operator/next.yaml"] as const;
  const setting = { cluster: "prod", inventories, digests: [], scenarios: ["power-holder"], machines: 5 };
  const events: RehearsalEvent[] = [{ type: "rehearsal.start", at: AT, setting }, ...parts];
  if (ok !== undefined) events.push({ type: "rehearsal.end", at: AT + 200_000, ok, ms: 200_000 });
  const report = rehearsalReportOf(events, (path) => RECORDS[path as keyof typeof RECORDS]);
  if (!report) throw new Error("a rehearsal begins with rehearsal.start");
  return report;
}

const well = rehearsed(
  [
    part("prod.yaml is applied", ["apply"]),
    part("it is broken", ["drill"]),
    part("next.yaml on top", ["change", "plan"]),
  ],
  true,
);

const ids = (document: Element) => everything(document).flatMap(({ attributes }) => attributes.id ?? []);

describe("the page of a rehearsal", () => {
  const page = parseXml(rehearsalHtml(well));

  test("begins with the result, and a line for each part with a link to its report", () => {
    expect(all(page, "h1")[0]?.text).toContain("prod rehearsal passed");
    const [table] = all(page, "table");
    expect(all(table as Element, "a").map(({ attributes, text }) => [attributes.href, text])).toEqual([
      ["#part1", "prod.yaml is applied"],
      ["#part2", "it is broken"],
      ["#part3", "next.yaml on top"],
    ]);
    expect(page.text).toContain("prod.yaml, then next.yaml");
  });

  test("contains the reports of all parts, and every link has one target", () => {
    expect(all(page, "article")).toHaveLength(3);
    const there = ids(page).filter((id) => /^(s|part)\d/.test(id));
    expect(new Set(there).size).toBe(there.length);
    for (const { attributes } of all(page, "a")) expect(there).toContain(attributes.href?.slice(1));
  });

  test("escapes the output of hosts", () => {
    const hostile = rehearsalHtml(rehearsed([part(HOSTILE, ["hostile"], { said: HOSTILE })], false));
    expect(all(parseXml(hostile), "img")).toEqual([]);
    expect(all(parseXml(hostile), "script")).toHaveLength(1);
  });

  test("does not need the record of a part that was deleted", () => {
    const page = parseXml(rehearsalHtml(rehearsed([part("prod.yaml is applied", ["gone"])], true)));
    expect(all(page, "article")).toEqual([]);
    expect(page.text).toContain("prod.yaml is applied");
  });
});

test("as text a rehearsal is one line per part", () => {
  const failed = rehearsed(
    [part("prod.yaml is applied", []), part("nothing is left to change", [], { ok: false, said: "3 would" })],
    false,
  );
  expect(rehearsalText(failed).split("\n").slice(2)).toEqual([
    "✓ prod.yaml is applied            61 s  12 changed",
    "✗ nothing is left to change       61 s  3 would",
    "",
    "rehearsal failed: 2 parts",
    "",
  ]);
  expect(rehearsalSummaryLine(rehearsed([]))).toBe("rehearsal not finished: 0 parts");
});

test("for CI systems each part is a case, and an incomplete record is an error", () => {
  const cases = all(
    parseXml(rehearsalJunit(rehearsed([part("a", []), part("b", [], { ok: false, said: "no" })]))),
    "testcase",
  );
  expect(cases.map(({ attributes, elements }) => [attributes.name, elements[0]?.name])).toEqual([
    ["a", undefined],
    ["b", "failure"],
    ["the rest", "error"],
  ]);
});

test("the summary of a part is that of its records", () => {
  const said = well.acts.map(({ reports }) => reports.map(partSummary));
  expect(said[0]?.[0]).toMatch(/^\d+ changed on \d hosts/);
  expect(said[1]?.[0]).toMatch(/^drill: 10 scenarios/);
  expect(said[2]).toHaveLength(2);
});

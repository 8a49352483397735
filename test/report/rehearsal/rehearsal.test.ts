import { describe, expect, test } from "vitest";
import type { RehearsalEvent, RehearsalPart } from "../../../src/rehearsal.ts";
import {
  actSaid,
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

  test("begins with how it went, and a line for each act that leads to all of it", () => {
    expect(all(page, "h1")[0]?.text).toContain("prod rehearsed, and all as it should be");
    const [table] = all(page, "table");
    expect(all(table as Element, "a").map(({ attributes, text }) => [attributes.href, text])).toEqual([
      ["#act1", "prod.yaml is applied"],
      ["#act2", "it is broken"],
      ["#act3", "next.yaml on top"],
    ]);
    expect(page.text).toContain("prod.yaml, then next.yaml");
  });

  test("has the pages of all acts, with every link leading to one place", () => {
    expect(all(page, "article")).toHaveLength(3);
    const there = ids(page).filter((id) => /^(s|act)\d/.test(id));
    expect(new Set(there).size).toBe(there.length);
    for (const { attributes } of all(page, "a")) expect(there).toContain(attributes.href?.slice(1));
  });

  test("cannot be broken out of by what hosts say", () => {
    const hostile = rehearsalHtml(rehearsed([part(HOSTILE, ["hostile"], { said: HOSTILE })], false));
    expect(all(parseXml(hostile), "img")).toEqual([]);
    expect(all(parseXml(hostile), "script")).toHaveLength(1);
  });

  test("does without an act's record that is not kept any more", () => {
    const page = parseXml(rehearsalHtml(rehearsed([part("prod.yaml is applied", ["gone"])], true)));
    expect(all(page, "article")).toEqual([]);
    expect(page.text).toContain("prod.yaml is applied");
  });
});

test("as text a rehearsal is a line for each act", () => {
  const failed = rehearsed(
    [part("prod.yaml is applied", []), part("nothing is left to change", [], { ok: false, said: "3 would" })],
    false,
  );
  expect(rehearsalText(failed).split("\n").slice(2)).toEqual([
    "✓ prod.yaml is applied            61 s  12 changed",
    "✗ nothing is left to change       61 s  3 would",
    "",
    "rehearsed, and not all as it should be: 2 acts",
    "",
  ]);
  expect(rehearsalSummaryLine(rehearsed([]))).toBe("rehearsal not finished: 0 acts");
});

test("for CI systems each act is a case, and a record that breaks off is an error", () => {
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

test("what an act's record says is its own summary", () => {
  const said = well.acts.map(({ reports }) => reports.map(actSaid));
  expect(said[0]?.[0]).toMatch(/^\d+ changed on \d hosts/);
  expect(said[1]?.[0]).toMatch(/^drill: 10 scenarios/);
  expect(said[2]).toHaveLength(2);
});

import { describe, expect, test } from "vitest";
import { drillHtml } from "../../src/report/drill/index.ts";
import { reportHtml } from "../../src/report/html.ts";
import { keyLine } from "../../src/report/html/program-output.ts";
import { report, RUNS } from "../support/reports.ts";
import { failedBootstrap } from "../support/scenario.ts";
import { all, type Element, everything as elementsOf, parseXml } from "../support/xml.ts";
import { DRILLS, drillReport } from "./drill/drills.ts";

const PAGES: readonly (readonly [string, () => string])[] = [
  ...Object.entries(RUNS).map(([name, events]) => [name, () => reportHtml(report(events))] as const),
  ...Object.entries(DRILLS).map(([name, events]) => [name, () => drillHtml(drillReport(events))] as const),
];

function withClass(page: Element, name: string): Element[] {
  return elementsOf(page).filter(({ attributes }) => attributes.class?.split(" ").includes(name));
}

describe.each(PAGES)("the page of a %s", (_, html) => {
  const page = parseXml(html());

  test("marks every column header as a header, with a name", () => {
    for (const { attributes, text } of all(page, "th"))
      expect([attributes.scope, text.trim()]).toEqual(["col", expect.stringMatching(/./)]);
  });

  test("describes every picture in words", () => {
    for (const { attributes } of all(page, "svg"))
      if (attributes["aria-hidden"] !== "true")
        expect([attributes.role, attributes["aria-label"]]).toEqual(["img", expect.stringMatching(/./)]);
  });

  test("makes everything that scrolls horizontally reachable by the keyboard", () => {
    expect(all(page, "table").length).toBe(withClass(page, "wide").flatMap((each) => all(each, "table")).length);
    for (const { attributes } of [...withClass(page, "wide"), ...withClass(page, "diff")])
      expect([attributes.tabindex, attributes["aria-label"]]).toEqual(["0", expect.stringMatching(/./)]);
  });
});

const KUBEADM = [
  "[preflight] Running pre-flight checks",
  ...Array.from({ length: 40 }, (_, line) => `[check] line ${line}`),
  "error execution phase preflight: [preflight] Some fatal errors occurred: port 10250 is in use",
  "To see the stack trace of this error execute with --v=5 or higher",
].join("\n");

test("kubeadm's output is shown as its key line and a fold", () => {
  const events = failedBootstrap.map((event) =>
    event.type === "step.fail"
      ? { ...event, errors: event.errors.map((error) => ({ ...error, why: KUBEADM })) }
      : event,
  );
  const [card] = withClass(parseXml(reportHtml(report(events))), "failure");
  const [fold] = card ? all(card, "details") : [];
  expect(fold?.attributes.open).toBeUndefined();
  expect(fold && all(fold, "summary")[0]?.text).toBe(
    "error execution phase preflight: [preflight] Some fatal errors occurred: port 10250 is in use",
  );
  expect(fold && all(fold, "pre")[0]?.text).toBe(KUBEADM);
});

test("a few lines are shown as they are, and without an error line the last line is the key line", () => {
  const [card] = withClass(parseXml(reportHtml(report(failedBootstrap))), "failure");
  expect(card && all(card, "details")).toEqual([]);
  expect(keyLine("one\ntwo\n\n")).toBe("two");
});

import { describe, expect, test } from "vitest";
import { reportJunit } from "../../src/report/junit.ts";
import { expectGolden } from "../support/golden.ts";
import { HOSTILE, report, RUNS } from "../support/reports.ts";
import { bootstrap, failedBootstrap, stoppedBootstrap } from "../support/scenario.ts";
import { all, type Element, parseXml } from "../support/xml.ts";

const junit = (events: Parameters<typeof report>[0]) => parseXml(reportJunit(report(events)));

function casesIn(document: Element, suite: string): string[] {
  const found = all(document, "testsuite").find(({ attributes }) => attributes.name === suite);
  return all(found ?? document, "testcase").map(
    ({ attributes, elements }) => `${attributes.name} ${elements[0]?.name ?? "passed"}`,
  );
}

test("a bootstrap is a suite for each phase, with its steps and its conditions as cases", () => {
  expectGolden("report/bootstrap.xml", reportJunit(report(bootstrap)));
  expect(casesIn(junit(bootstrap), "etcd")).toEqual(["m1 passed", "m1: etcd is healthy passed", "m2 passed"]);
});

test("a failed step fails, and so does the resource it failed at, with why and what to do", () => {
  expectGolden("report/failed-bootstrap.xml", reportJunit(report(failedBootstrap)));
  const document = junit(failedBootstrap);
  expect(casesIn(document, "workers")).toEqual(["w1 failure", "w1: kubeadm-join:w1 failure"]);
  const [failure] = all(document, "failure");
  expect(failure?.attributes).toEqual({ type: "E_COMMAND", message: "kubeadm join failed" });
  expect(failure?.text).toContain("error execution phase preflight\n→ see the kubelet's journal");
});

test("steps that never ran are skipped, and killed ones are errors", () => {
  expect(casesIn(junit(stoppedBootstrap), "first-master")).toEqual(["m1 skipped"]);
  expect(casesIn(junit(bootstrap.slice(0, -4)), "workers")).toEqual(["w1 error"]);
});

test("a step that was left out, but is needed, fails a narrowed plan", () => {
  expect(casesIn(junit(RUNS["narrowed plan"] ?? []), "prepare")).toContain("w1 failure");
});

test("output of a host stays text", () => {
  const failures = all(junit(RUNS["hostile run"] ?? []), "failure");
  expect(failures[0]?.text).toContain(
    `</style><script>alert("1")</script><img src=x onerror='alert(2)'> & ]]> \\u0000\\u202e\n`,
  );
  expect(HOSTILE).toContain(`& ]]> \u001B`);
});

/** https://github.com/windyroad/JUnit-Schema: attributes and elements, all of them required but `skipped`, in their order. */
const SUITE = {
  name: /\S/,
  package: /\S/,
  id: /^\d+$/,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  hostname: /\S/,
  tests: /^\d+$/,
  failures: /^\d+$/,
  errors: /^\d+$/,
  skipped: /^\d+$/,
  time: /^\d+\.\d{3}$/,
};
/** Text without line breaks, repeated blanks, and blanks at its ends. */
const TOKEN = /^\S+( \S+)*$/;
const CASE = { classname: TOKEN, name: TOKEN, time: /^\d+\.\d{3}$/ };
const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  skipped: ["message"],
  error: ["type", "message"],
  failure: ["type", "message"],
};

function expectAttributes(element: Element, allowed: Readonly<Record<string, RegExp>>): void {
  expect(Object.keys(element.attributes)).toEqual(Object.keys(allowed));
  for (const [name, pattern] of Object.entries(allowed)) expect(element.attributes[name]).toMatch(pattern);
}

describe.each(Object.entries(RUNS))("the JUnit report of a %s", (_, events) => {
  const document = junit(events);

  test("keeps to the schema", () => {
    expect(document).toMatchObject({ name: "testsuites", attributes: {} });
    for (const suite of document.elements) {
      expect(suite.name).toBe("testsuite");
      expectAttributes(suite, SUITE);
      const cases = all(suite, "testcase");
      expect(suite.elements.map(({ name }) => name)).toEqual([
        "properties",
        ...cases.map(() => "testcase"),
        "system-out",
        "system-err",
      ]);
      for (const each of cases) {
        expectAttributes(each, CASE);
        expect(each.elements.length).toBeLessThanOrEqual(1);
        for (const verdict of each.elements) expect(Object.keys(verdict.attributes)).toEqual(VERDICTS[verdict.name]);
      }
    }
  });

  test("counts its cases", () => {
    for (const suite of document.elements)
      expect(suite.attributes).toMatchObject({
        tests: `${all(suite, "testcase").length}`,
        failures: `${all(suite, "failure").length}`,
        errors: `${all(suite, "error").length}`,
        skipped: `${all(suite, "skipped").length}`,
      });
  });
});

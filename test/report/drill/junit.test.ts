import { describe, expect, test } from "vitest";
import { drillJunit } from "../../../src/report/drill/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { all, type Element, parseXml } from "../../support/xml.ts";
import { DRILLS, drillReport, everything, short } from "./drills.ts";

const junit = (events: Parameters<typeof drillReport>[0]) => parseXml(drillJunit(drillReport(events)));

/** `name verdict` of each case of a suite. */
function casesIn(document: Element, suite: string): string[] {
  const found = document.elements.find(({ attributes }) => attributes.name === suite);
  return all(found ?? document, "testcase").map(
    ({ attributes, elements }) => `${attributes.name}: ${elements[0]?.name ?? "passed"}`,
  );
}

test("each scenario is a suite, with its probes as cases", () => {
  expectGolden("report/drill.xml", drillJunit(drillReport(short)));
});

test("a breach is a failure, with the sentence", () => {
  const failures = all(junit(short), "failure").map(({ attributes }) => attributes.message);
  expect(failures).toEqual([
    "read through the VIP (operator): outage of 19.8 s, limit 2 s",
    "read through the VIP (w2): outage of 19.8 s, limit 2 s",
    "write through the VIP (operator): outage of 19.6 s, limit 3 s",
    "watch through the VIP (operator): outage of 19.6 s, limit 3 s",
  ]);
});

test("so are two VIP holders, a lost write, and a cluster that has not recovered", () => {
  const document = junit(everything);
  expect(casesIn(document, "cut-vrrp")).toContain("one VIP holder: failure");
  expect(casesIn(document, "etcd-leader")).toContain("every acknowledged write is present: failure");
  expect(casesIn(document, "kubelet")).toContain("the cluster has recovered: failure");
  expect(casesIn(document, "kubelet")).toContain("every acknowledged write is present: skipped");
});

test("what is expected to stop is not judged, and a skipped scenario has its reason", () => {
  const document = junit(everything);
  expect(casesIn(document, "quorum")).toContain("read through the VIP (operator): skipped");
  expect(casesIn(document, "clock")).toEqual(["clock of a master set one minute ahead: skipped"]);
  expect(casesIn(document, "haproxy-holder")).toEqual(["haproxy-holder: skipped"]);
  const reasons = all(document, "skipped").map(({ attributes }) => attributes.message);
  expect(reasons).toContain("m1 has no netem: Error: Specified qdisc kind is unknown.");
  expect(reasons).toContain("not judged: expected to stop; outage of 28.5 s");
});

test("a drill that was killed is an error, one that was stopped is not", () => {
  expect(casesIn(junit(DRILLS["killed drill"] ?? []), "api-server-holder")).toContain(
    "the cluster has recovered: error",
  );
  expect(casesIn(junit(DRILLS["drill that was stopped"] ?? []), "power-holder")).toContain(
    "the cluster has recovered: skipped",
  );
});

describe.each(Object.entries(DRILLS))("the JUnit report of a %s", (_, events) => {
  const document = junit(events);

  test("has correct counts", () => {
    for (const suite of document.elements)
      expect(suite.attributes).toMatchObject({
        tests: `${all(suite, "testcase").length}`,
        failures: `${all(suite, "failure").length}`,
        errors: `${all(suite, "error").length}`,
        skipped: `${all(suite, "skipped").length}`,
      });
  });

  test("has names that are tokens, and times that are numbers", () => {
    for (const { attributes } of all(document, "testcase")) {
      expect(attributes.name).toMatch(/^\S+( \S+)*$/);
      expect(attributes.time).toMatch(/^\d+\.\d{3}$/);
    }
  });
});

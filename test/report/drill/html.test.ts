import { describe, expect, test } from "vitest";
import { drillHtml } from "../../../src/report/drill/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { all, type Element, everything as elementsOf, parseXml } from "../../support/xml.ts";
import { textbook } from "./simulated-scenarios.ts";
import { simulated } from "./simulated.ts";
import { DRILLS, drillReport, everything, fine, short } from "./drills.ts";

const html = (events: Parameters<typeof drillReport>[0]) => drillHtml(drillReport(events));
const page = (events: Parameters<typeof drillReport>[0]) => parseXml(html(events));

/** The text of each element of that name, with white space collapsed. */
function texts(element: Element, name: string): string[] {
  return all(element, name).map(({ text }) => text.replace(/\s+/g, " ").trim());
}

function section(document: Element, id: string): Element {
  const found = all(document, "section").find(({ attributes }) => attributes.id === id);
  if (!found) throw new Error(`no section ${id}`);
  return found;
}

function withClass(element: Element, name: string): Element[] {
  return elementsOf(element).filter(({ attributes }) => attributes.class?.split(" ").includes(name));
}

const document = page(everything);

test("the page of a drill matches its golden file", () => {
  expectGolden("report/drill.html", html(short));
});

test("it begins with the verdict and the most important figures", () => {
  expect(texts(document, "h1")).toEqual(["lab stayed within its limits in 6 of 10 scenarios"]);
  expect(texts(page(fine), "h1")).toEqual(["lab stayed within its limits in all 2 scenarios"]);
  expect(texts(document, "dd").slice(0, 4)).toEqual([
    "19.7 s outage, 1.71 s of it total",
    "19.8 s outage, 1.71 s of it total",
    "1 of 6,220",
    "57,920",
  ]);
});

test("breaches and failures are at the top", () => {
  expect(texts(document, "section")[0]).toContain(
    "power cut of a master without the VIPread through the VIP (operator): outage of 19.7 s, limit 2 s",
  );
  expect(texts(document, "section")[0]).toContain("→ look at `journalctl -u containerd` on m2");
  expect(texts(page(fine), "section")[0]).toMatch(/^Scenarios/);
});

test("then all scenarios follow in one table, the skipped ones with their reasons", () => {
  const rows = texts(section(document, "scenarios"), "tr");
  expect(rows[2]).toBe("power cut of the VIP holder round 1✓within limits0.87 s0.86 s0.87 s–10 of 640");
  expect(rows).toContain("power cut of a master without the VIP✗beyond limits19.7 s19.8 s1.71 s0.30 s10 of 940");
  expect(rows).toContain(
    "clock of a master set one minute ahead–skipped: m2 is a container: it shares the clock of its machine, which is never set",
  );
  expect(rows).toContain("haproxy-holder–not started");
});

test("each of them links to its section", () => {
  const links = all(document, "a").map(({ attributes }) => attributes.href);
  const ids = all(document, "section").map(({ attributes }) => `#${attributes.id}`);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) expect(ids).toContain(link);
});

test("a timeline shows what was done and when, the VIP holder, and the outages of each client", () => {
  const [picture] = all(section(document, "s2"), "svg");
  if (!picture) throw new Error("no picture");
  const marks = withClass(picture, "mark").filter(({ name }) => name === "text");
  expect(marks.map(({ text }) => text)).toEqual(["power of m1 cut", "restored", "recovered"]);
  const titles = texts(picture, "title");
  expect(titles).toEqual(
    expect.arrayContaining([
      "m1 holds the VIP, 2.06 s",
      "m2 holds the VIP, 24.5 s",
      "none, 0.76 s",
      "m3 leads etcd in term 8, 31 s",
    ]),
  );
  expect(titles).toContain("outage of 0.87 s: 0.87 s total 17 of 17 requests failed: timeout × 17");
  expect(withClass(picture, "calm")).toHaveLength(8);
});

test("partial and total outages are drawn differently", () => {
  const [picture] = all(section(document, "s5"), "svg");
  expect(withClass(picture ?? document, "tail")).toHaveLength(5);
  expect(withClass(picture ?? document, "length").map(({ text }) => text)).toContain("✗ 19.7 s, 1.71 s total");
});

test("a host has one colour on the document page, and its name beside it", () => {
  const coloured = new Map<string, Set<string>>();
  for (const band of withClass(document, "band")) {
    const [host = ""] = (all(band, "title")[0]?.text ?? "").split(" ", 1);
    coloured.set(host, (coloured.get(host) ?? new Set()).add(band.attributes.class ?? ""));
  }
  expect([...coloured].map(([host, classes]) => [host, [...classes]])).toEqual([
    ["m1", ["band h0"]],
    ["m2", ["band h1"]],
    ["m3", ["band h2"]],
  ]);
});

test("where the disruption is short, there is a close-up of it", () => {
  expect(all(section(document, "s2"), "svg")).toHaveLength(2);
  expect(withClass(section(document, "s10"), "close-up")).toEqual([]);
});

test("holders, leaders and ledger of a scenario are listed as text too", () => {
  expect(texts(section(document, "s2"), "li")).toEqual(
    expect.arrayContaining([
      "VIP: m1 to 0.06 s, m2 from 0.82 s to 25.3 s, m1 from 25.2 s; no holder for 0.76 s",
      "etcd: m1 to 0.48 s (term 7), m3 from 0.48 s (term 8); 1 election",
      "Ledger: 660 writes, 640 acknowledged: all present, in order, and reported by the watch; 1 more present without acknowledgement",
    ]),
  );
});

test("it shows how and what was measured, and what was skipped", () => {
  expect(texts(document, "p")).toContainEqual(
    expect.stringContaining("Each client sent a request every 50 ms, over a fresh connection"),
  );
  expect(texts(document, "p")).toContainEqual(
    expect.stringContaining("Skipped here: every packet of the VIP holder delayed by 50ms"),
  );
  expect(texts(document, "dd")).toContain("v1.20.2");
});

test("the page of a killed drill shows where it ended, and that hosts undo disruptions", () => {
  expect(texts(page(DRILLS["killed drill"] ?? []), "p")).toContain(
    "The record ends during “API server killed on the VIP holder”: the drill was killed, or is still running. " +
      "Hosts undo disruptions by themselves.",
  );
});

test("the page of fifteen scenarios with 100,000 requests and more is small enough for mail", () => {
  const long = drillReport(simulated(Array.from({ length: 15 }, () => textbook)));
  const asked = long.scenarios.flatMap(({ probes }) => probes.map(({ measured }) => measured.asked));
  expect(asked.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(100_000);
  expect(drillHtml(long).length).toBeLessThan(1_000_000);
});

describe.each(Object.entries(DRILLS))("the page of a %s", (_, events) => {
  const made = page(events);

  test("has no element, and no address, that could come from a host", () => {
    const names = new Set(elementsOf(made).map(({ name }) => name));
    for (const name of ["img", "link", "iframe", "script", "object", "base", "form"]) expect(names).not.toContain(name);
    for (const { attributes } of elementsOf(made)) {
      for (const name of Object.keys(attributes)) expect(name).not.toMatch(/^on|^src$|^style$/);
      if (attributes.href !== undefined) expect(attributes.href).toMatch(/^#\w+$/);
    }
  });

  test("needs no other resource, and its policy allows none", () => {
    const policy = all(made, "meta").find(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy");
    expect(policy?.attributes.content).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(all(made, "style")[0]?.text).not.toMatch(/@import|@font-face|url\((?!#)/);
  });

  test("contains no undefined values", () => {
    expect(made.text).not.toMatch(/\b(undefined|NaN|Infinity|null)\b|\[object/);
    for (const { attributes } of elementsOf(made))
      for (const value of Object.values(attributes)) expect(value).not.toMatch(/undefined|NaN|Infinity/);
  });

  test("has no duplicate id", () => {
    const ids = elementsOf(made).flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

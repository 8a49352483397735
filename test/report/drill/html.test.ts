import { describe, expect, test } from "vitest";
import { drillHtml } from "../../../src/report/drill/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { all, type Element, everything as elementsOf, parseXml } from "../../support/xml.ts";
import { textbook } from "./simulated-scenarios.ts";
import { simulated } from "./simulated.ts";
import { DRILLS, drillReport, everything, fine, short } from "./drills.ts";

const html = (events: Parameters<typeof drillReport>[0]) => drillHtml(drillReport(events));
const page = (events: Parameters<typeof drillReport>[0]) => parseXml(html(events));

/** The text of each element of that name, blanks drawn together. */
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

const whole = page(everything);

test("the page of a drill is as it always was", () => {
  expectGolden("report/drill.html", html(short));
});

test("it begins with the verdict, and with the figures that everybody asks for", () => {
  expect(texts(whole, "h1")).toEqual(["lab stayed within its limits in 6 of 10 scenarios"]);
  expect(texts(page(fine), "h1")).toEqual(["lab stayed within its limits in all 2 scenarios"]);
  expect(texts(whole, "dd").slice(0, 4)).toEqual([
    "19.7 s out, at most 1.71 s of it dark",
    "19.8 s out, at most 1.71 s of it dark",
    "1 of 6,220",
    "57,920",
  ]);
});

test("what went beyond its limits or failed stands above everything else", () => {
  expect(texts(whole, "section")[0]).toContain(
    "power cut of a master without the VIPread through the VIP (operator): out for 19.7 s, allowed are 2 s",
  );
  expect(texts(whole, "section")[0]).toContain("→ look at `journalctl -u containerd` on m2");
  expect(texts(page(fine), "section")[0]).toMatch(/^Scenarios/);
});

test("then come all scenarios in one table, those that were left out with their reasons", () => {
  const rows = texts(section(whole, "scenarios"), "tr");
  expect(rows[2]).toBe("power cut of the VIP's holder round 1✓within limits0.87 s0.86 s0.87 s–10 of 640");
  expect(rows).toContain("power cut of a master without the VIP✗beyond limits19.7 s19.8 s1.71 s0.30 s10 of 940");
  expect(rows).toContain(
    "clock of a master a minute ahead–skipped: m2 is a container: its clock is its machine's, which is never touched",
  );
  expect(rows).toContain("haproxy-holder–not begun");
});

test("each of them leads to its section", () => {
  const links = all(whole, "a").map(({ attributes }) => attributes.href);
  const ids = all(whole, "section").map(({ attributes }) => `#${attributes.id}`);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) expect(ids).toContain(link);
});

test("a picture shows what was done and when, who held the VIP, and what each client felt", () => {
  const [picture] = all(section(whole, "s2"), "svg");
  if (!picture) throw new Error("no picture");
  const marks = withClass(picture, "mark").filter(({ name }) => name === "text");
  expect(marks.map(({ text }) => text)).toEqual(["power of m1 cut", "put right", "all as before"]);
  const titles = texts(picture, "title");
  expect(titles).toEqual(
    expect.arrayContaining([
      "m1 holds the VIP, 2.06 s",
      "m2 holds the VIP, 24.5 s",
      "nobody, 0.76 s",
      "m3 leads etcd in term 8, 31 s",
    ]),
  );
  expect(titles).toContain("out for 0.87 s: 0.87 s dark 17 of 17 requests failed: timeout × 17");
  expect(withClass(picture, "calm")).toHaveLength(8);
});

test("a tail is told from the dark", () => {
  const [picture] = all(section(whole, "s5"), "svg");
  expect(withClass(picture ?? whole, "tail")).toHaveLength(5);
  expect(withClass(picture ?? whole, "length").map(({ text }) => text)).toContain("✗ 19.7 s, 1.71 s dark");
});

test("a host has one colour on the whole page, and its name beside it", () => {
  const coloured = new Map<string, Set<string>>();
  for (const band of withClass(whole, "band")) {
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
  expect(all(section(whole, "s2"), "svg")).toHaveLength(2);
  expect(withClass(section(whole, "s10"), "close-up")).toEqual([]);
});

test("the course of a scenario is told in words too", () => {
  expect(texts(section(whole, "s2"), "li")).toEqual(
    expect.arrayContaining([
      "VIP: m1 to 0.06 s, m2 from 0.82 s to 25.3 s, m1 from 25.2 s; nobody for 0.76 s",
      "etcd: m1 to 0.48 s (term 7), m3 from 0.48 s (term 8); 1 election",
      "Ledger: 660 writes, 640 acknowledged: all of them there, in order, and told by the watch; 1 more there that nobody acknowledged",
    ]),
  );
});

test("it says how it was measured, what was not tried, and of what", () => {
  expect(texts(whole, "p")).toContainEqual(
    expect.stringContaining("Clients asked every 50 ms, each time over a fresh connection"),
  );
  expect(texts(whole, "p")).toContainEqual(
    expect.stringContaining("Not tried here: every packet of the VIP's holder is 50ms late"),
  );
  expect(texts(whole, "dd")).toContain("v1.20.2");
});

test("a drill that was killed says where, and that hosts put themselves right", () => {
  expect(texts(page(DRILLS["killed drill"] ?? []), "p")).toContain(
    "The record breaks off during “API server killed on the VIP's holder”: the drill was killed, or is still running. " +
      "Hosts undo what was done to them by themselves.",
  );
});

test("fifteen scenarios with long tails, of 100,000 requests and more, make a page that can be sent by mail", () => {
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

  test("needs nothing from anywhere, and its policy allows nothing", () => {
    const policy = all(made, "meta").find(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy");
    expect(policy?.attributes.content).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(all(made, "style")[0]?.text).not.toMatch(/@import|@font-face|url\((?!#)/);
  });

  test("says nothing that nobody knows", () => {
    expect(made.text).not.toMatch(/\b(undefined|NaN|Infinity|null)\b|\[object/);
    for (const { attributes } of elementsOf(made))
      for (const value of Object.values(attributes)) expect(value).not.toMatch(/undefined|NaN|Infinity/);
  });

  test("has no id twice", () => {
    const ids = elementsOf(made).flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

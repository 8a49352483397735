import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { reportHtml } from "../../src/report/html.ts";
import { expectGolden } from "../support/golden.ts";
import { report, RUNS } from "../support/reports.ts";
import { bootstrap, failedBootstrap, plan, stoppedBootstrap } from "../support/scenario.ts";
import { all, type Element, everything, parseXml } from "../support/xml.ts";

const html = (events: Parameters<typeof report>[0]) => reportHtml(report(events));
const page = (events: Parameters<typeof report>[0]) => parseXml(html(events));

/** The text of each element of that name, with single blanks. */
function texts(element: Element, name: string): string[] {
  return all(element, name).map(({ text }) => text.replace(/\s+/g, " ").trim());
}

test.each([
  ["bootstrap", bootstrap],
  ["failed-bootstrap", failedBootstrap],
])("the page of a %s matches its golden file", (name, events) => {
  expectGolden(`report/${name}.html`, html(events));
});

test("the page begins with the outcome", () => {
  expect(texts(page(bootstrap), "h1")).toEqual(["lab done in 36 s"]);
  expect(texts(page(failedBootstrap), "h1")).toEqual(["lab failed after 32 s"]);
  expect(texts(page(bootstrap), "dd").slice(0, 3)).toEqual(["5 on 3 hosts", "2", "3"]);
});

test("then one sentence explains what took the time", () => {
  expect(texts(page(bootstrap), "p")).toContain("First master: kubeadm init on m1, 24 s of 36 s.");
});

test("a failure is above everything else, with its reason and what to do", () => {
  const [first] = all(page(failedBootstrap), "section");
  expect(first?.text).toContain("w1: kubeadm join failed");
  expect(first?.text).toContain("error execution phase preflight");
  expect(first?.text).toContain("→ see the kubelet's journal");
});

test("the page of a stopped or killed run shows where it ended and how to continue", () => {
  expect(texts(page(stoppedBootstrap), "p")).toContain(
    "The run was stopped during etcd on m1, etcd on m2. Run the same command again to continue.",
  );
  expect(texts(page(bootstrap.slice(0, -4)), "p")).toContain(
    "The record ends during Workers on w1: the run was killed, or is still running. Run the same command again to continue.",
  );
});

test("changes are shown by host and phase, with their diffs", () => {
  const [host] = all(page(bootstrap), "details");
  expect(texts(host ?? page(bootstrap), "summary")).toEqual([
    "m13 changes",
    "file:/etc/hosts+1 −11.1 s",
    "file:/etc/etcd/etcd.env+1",
  ]);
  const lines = all(host ?? page(bootstrap), "span").filter(({ attributes }) => attributes.class === "cut");
  expect(lines.map(({ text }) => text)).toEqual(["−1", "-10.0.0.9 m1"]);
});

test("a plan begins with what would change", () => {
  expect(texts(page(plan), "h2")[0]).toBe("What would change");
  expect(texts(page(plan), "li")).toContain("swap:/dev/sdb1 active: yes → absent");
});

test("a narrowed plan shows what was left out, and where an apply would stop", () => {
  const narrowed = page(RUNS["narrowed plan"] ?? []);
  expect(texts(narrowed, "p")).toContain("left out: phases etcd; hosts m2");
  expect(texts(narrowed, "section")[0]).toBe(
    "Prepare on w1left out, but needed by workers and not up to date: file:/etc/hosts",
  );
});

test("waits show what was missing, and for how long", () => {
  expect(texts(page(bootstrap), "tr").at(-1)).toBe(
    "etcd is healthym1etcdm2 has not joined 3.3 s1 shorterno leader yet 0.2 s3.5 s",
  );
});

describe.each(Object.entries(RUNS))("the page of a %s", (_, events) => {
  const made = page(events);

  test("contains no element and no address from the output of a host", () => {
    const names = new Set(everything(made).map(({ name }) => name));
    for (const name of ["img", "link", "iframe", "a", "object", "base", "form"]) expect(names).not.toContain(name);
    expect(all(made, "script")).toHaveLength(1);
    for (const { attributes } of everything(made))
      for (const name of Object.keys(attributes)) expect(name).not.toMatch(/^on|^src$|^href$|^style$/);
  });

  test("loads nothing, and its policy allows nothing but its own script", () => {
    const policy = all(made, "meta").find(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy");
    const [script] = all(made, "script");
    const hash = createHash("sha256")
      .update(script?.text ?? "")
      .digest("base64");
    expect(policy?.attributes.content).toBe(
      `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`,
    );
    expect(all(made, "style")[0]?.text).not.toMatch(/@import|@font-face|url\((?!#)/);
  });

  test("prints no undefined values", () => {
    expect(made.text).not.toMatch(/\b(undefined|NaN|Infinity|null)\b|\[object/);
  });
});

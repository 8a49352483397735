import { type Markup, markup } from "./markup.ts";
import { printable } from "../printable.ts";

/** A suite of test cases by the strictest schema in use, that of Ant's JUnit reports (github.com/windyroad/JUnit-Schema). */
export interface Suite {
  readonly name: string;
  readonly package: string;
  readonly title: string;
  readonly cluster: string;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly ms: number;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly ms: number;
  /** Absent if it passed. */
  readonly verdict?: Verdict;
}

export type Verdict =
  | { readonly as: "skipped"; readonly message: string }
  | { readonly as: "error"; readonly type: string; readonly message: string }
  | { readonly as: "failure"; readonly type: string; readonly message: string; readonly text: string };

export function junitOf(suites: readonly Suite[]): string {
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>${suites.map(suiteMarkup)}
</testsuites>
`.markup;
}

export function newCase(name: string, ms: number, verdict: Verdict | undefined): Case {
  return { name, ms, ...(verdict && { verdict }) };
}

export function skipped(message: string): Verdict {
  return { as: "skipped", message };
}

function suiteMarkup({ name, package: of, title, cluster, startedAt, ms, cases }: Suite, index: number): Markup {
  const counted = (as: Verdict["as"]) => cases.filter(({ verdict }) => verdict?.as === as).length;
  const timestamp = new Date(startedAt).toISOString().slice(0, 19);
  return markup`
  <testsuite name="${name}" package="${of}" id="${index}" timestamp="${timestamp}" hostname="${cluster}" tests="${cases.length}" failures="${counted("failure")}" errors="${counted("error")}" skipped="${counted("skipped")}" time="${seconds(ms)}">
    <properties><property name="title" value="${title}"/></properties>${cases.map(
      (each) => markup`
    <testcase classname="${cluster}.${name}" name="${tokenOf(each.name)}" time="${seconds(each.ms)}"${closed(each.verdict)}`,
    )}
    <system-out></system-out>
    <system-err></system-err>
  </testsuite>`;
}

function closed(verdict: Verdict | undefined): Markup {
  if (!verdict) return markup`/>`;
  const message = verdict.message.split("\n", 1)[0];
  switch (verdict.as) {
    case "skipped":
      return markup`><skipped message="${message}"/></testcase>`;
    case "error":
      return markup`><error type="${verdict.type}" message="${message}"/></testcase>`;
    case "failure":
      return markup`><failure type="${verdict.type}" message="${message}">${verdict.text}</failure></testcase>`;
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Names are tokens: https://www.w3.org/TR/xmlschema-2/#token */
function tokenOf(name: string): string {
  return printable(name).replace(/\s+/g, " ").trim();
}

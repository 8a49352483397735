import { formatDuration, utc } from "./duration.ts";
import { changesSection } from "./html/changes.ts";
import { leftOutSentence } from "./explain.ts";
import { failuresSection } from "./html/failures.ts";
import { pathSection } from "./html/path.ts";
import { phasesSection } from "./html/phases.ts";
import { STYLE } from "./html/style.ts";
import { waitsSection } from "./html/waits.ts";
import { type Markup, markup } from "./markup.ts";
import { page } from "./page.ts";
import type { Report } from "./report.ts";
import { OUTCOMES } from "./text.ts";

export function reportHtml(report: Report): string {
  return page({
    title: `${report.cluster}: ${report.mode} ${OUTCOMES[report.outcome]}`,
    style: STYLE,
    body: reportBody(report),
    footer: "Made by tripod report. The same as data: tripod report --format json.",
    folds: true,
  });
}

/** The page's content, without its head and footer. */
export function reportBody(report: Report): Markup {
  return markup`${header(report)}
${failuresSection(report)}
<main>
${sections(report)}
</main>`;
}

/** The page of a plan begins with the changes, that of an apply with what took the time. */
function sections(report: Report): (Markup | undefined)[] {
  const changes = changesSection(report);
  const others = [pathSection(report), phasesSection(report)];
  return report.mode === "plan"
    ? [changes, ...others, waitsSection(report)]
    : [...others, changes, waitsSection(report)];
}

function header(report: Report): Markup {
  const { mode, cluster, outcome, startedAt, wallMs, changed, unchanged, hosts, steps } = report;
  const touched = new Set(steps.filter(({ changes }) => changes.length > 0).map(({ host }) => host)).size;
  const leftOut = leftOutSentence(report);
  const facts: [string, string | number | Markup][] = [
    [
      mode === "plan" ? "to change" : "changed",
      changed === 0 ? "nothing" : `${changed} on ${counted(touched, "host")}`,
    ],
    ["unchanged", unchanged],
    ["hosts", hosts.length],
    ["remote commands", steps.reduce((total, { commands }) => total + commands, 0)],
    ["when", markup`<time datetime="${new Date(startedAt).toISOString()}">${utc(startedAt)}</time>`],
  ];
  return markup`<header>
<p class="over">tripod ${mode}</p>
<h1>${cluster} <span class="outcome ${outcome}">${OUTCOMES[outcome]} ${outcome === "ok" ? "in" : "after"} ${formatDuration(wallMs)}</span></h1>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${(report.notices ?? []).map((notice) => markup`<p class="note">${notice}</p>`)}${report.warnings.map((text) => markup`<p class="note">warning: ${text}</p>`)}${leftOut !== undefined && markup`<p class="note">${leftOut}</p>`}</header>`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

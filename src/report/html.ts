import { createHash } from "node:crypto";
import { duration, utc } from "./duration.ts";
import { changesSection } from "./html/changes.ts";
import { leftOutSentence } from "./explain.ts";
import { failuresSection } from "./html/failures.ts";
import { pathSection } from "./html/path.ts";
import { phasesSection } from "./html/phases.ts";
import { STYLE } from "./html/style.ts";
import { waitsSection } from "./html/waits.ts";
import { type Markup, markup } from "./markup.ts";
import type { Report } from "./report.ts";
import { OUTCOMES } from "./text.ts";

/** Opens and closes everything that is folded up. Without it the page lacks nothing else, not even the button. */
const SCRIPT = `
for (const head of document.querySelectorAll(".head")) {
  const all = [...head.parentElement.querySelectorAll("details")];
  const button = head.appendChild(document.createElement("button"));
  const name = () => (button.textContent = all.every((one) => one.open) ? "Close all" : "Open all");
  button.onclick = () => {
    const open = !all.every((one) => one.open);
    for (const one of all) one.open = open;
  };
  for (const one of all) one.addEventListener("toggle", name);
  name();
}
`;

/** What hosts said stands in this page: should it ever slip through as markup, the browser will neither run nor load it. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;

/**
 * One page that needs nothing else: no file beside it, no network. Light and dark, on a screen and on paper. It is well-formed XML,
 * so that a test can tell markup from text.
 */
export function reportHtml(report: Report): string {
  const title = `${report.cluster}: ${report.mode} ${OUTCOMES[report.outcome]}`;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${header(report)}
${failuresSection(report)}
<main>
${sections(report)}
</main>
<footer>Made by tripod report. The same as data: tripod report --format json.</footer>
<script>${{ markup: SCRIPT }}</script>
</body>
</html>
`.markup;
}

/** A plan is made for what would change; a run that changed things is looked at for the time it took. */
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
<h1>${cluster} <span class="outcome ${outcome}">${OUTCOMES[outcome]} ${outcome === "ok" ? "in" : "after"} ${duration(wallMs)}</span></h1>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${leftOut !== undefined && markup`<p class="note">${leftOut}</p>`}</header>`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

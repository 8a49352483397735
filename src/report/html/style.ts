import { verbatim } from "../markup.ts";

/** The page's own style; it loads no font, picture or script. */
export const STYLE = verbatim(`
:root {
  color-scheme: light dark;
  --paper: #ffffff; --sheet: #f6f7f8; --ink: #1a1d21; --soft: #5c636b; --faint: #8b929a; --rule: #e2e5e8; --grid: #edeff1;
  --good: #1a7f4b; --bad: #c0322b; --warn: #8f6400; --bad-sheet: #fdf3f2;
  --add: #17663c; --add-sheet: #e8f6ee; --cut: #a32a24; --cut-sheet: #fcecea;
  --label: #14181d; --hatch: rgb(20 24 29 / .3); --shade: rgb(20 24 29 / .22);
  --g-checks: #b6bec7; --g-hosts: #8dbbe0; --g-etcd: #e7b45c; --g-network: #7fc7b0;
  --g-programs: #b4a6e3; --g-masters: #ec9482; --g-nodes: #c3c66f; --g-other: #d3cbc2;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --sheet: #1c2024; --ink: #e8eaed; --soft: #a3abb4; --faint: #747c85; --rule: #2d3238; --grid: #23272c;
    --good: #56c98b; --bad: #ff8077; --warn: #e2b04a; --bad-sheet: #2b1b1b;
    --add: #7fd8a5; --add-sheet: #16291f; --cut: #ff9b93; --cut-sheet: #2f1d1d;
    --hatch: rgb(20 24 29 / .42); --shade: rgb(0 0 0 / .65);
    --g-checks: #98a2ad; --g-hosts: #78a9d1; --g-etcd: #d7a349; --g-network: #69b39b;
    --g-programs: #a294d6; --g-masters: #dc8270; --g-nodes: #aeb15c; --g-other: #b8aea3;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 3rem clamp(1rem, 4vw, 2.5rem) 4rem; max-width: 72.5rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
code, pre, .diff { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .75rem; font-size: 1.2rem; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; }
h3 { margin: 1.25rem 0 .25rem; font-size: .8rem; font-weight: 600; color: var(--soft); }
p { margin: .25rem 0; max-width: 46rem; text-wrap: pretty; }
.over { margin: 0 0 .35rem; color: var(--soft); }
.outcome { font-weight: 600; }
h1 .outcome { font-weight: 400; }
.outcome.ok { color: var(--good); }
.outcome.failed { color: var(--bad); }
.outcome.cancelled, .outcome.unfinished { color: var(--warn); }
.note { color: var(--soft); }
.lead { font-size: 1.1rem; line-height: 1.45; }
.facts { display: flex; flex-wrap: wrap; gap: .9rem 2.5rem; margin: 1.5rem 0 0; padding: 1rem 0; border-block: 1px solid var(--rule); }
.facts div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.facts dt { color: var(--soft); font-size: .8rem; }
.facts dd { margin: 0; font-size: 1.05rem; font-variant-numeric: tabular-nums; }

.wide {
  overflow-x: auto; margin-inline: -.25rem; padding-inline: .25rem;
  background:
    linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / .8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / .8rem 100% no-repeat scroll;
}
.wide:focus-visible, .diff:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { font-weight: 500; font-size: .8rem; color: var(--soft); white-space: nowrap; }
th, td { padding: .4rem 1.25rem .4rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
td.share { width: 24%; min-width: 7rem; vertical-align: top; padding-top: .85rem; }
.share svg { display: block; width: 100%; height: 8px; }
.share rect { fill: var(--grid); }
.swatch { display: inline-block; width: .7em; height: .7em; margin-right: .55em; border-radius: 2px; vertical-align: -.02em; }
td.phase { position: relative; padding-left: 1.3em; white-space: nowrap; }
.phase .swatch { position: absolute; left: 0; top: .85em; }
.longest td { font-weight: 600; }

.timeline { display: block; min-width: 46rem; width: 100%; height: auto; margin-top: 1rem; font-size: 11px; }
.timeline .rule { stroke: var(--rule); }
.timeline .grid { stroke: var(--grid); }
.timeline .tick { fill: var(--soft); text-anchor: middle; font-variant-numeric: tabular-nums; }
.timeline .host { fill: var(--ink); font-size: 13px; font-weight: 600; }
.timeline .label { fill: var(--label); stroke-width: 3; stroke-linejoin: round; paint-order: stroke; pointer-events: none; }
.timeline .wait { fill: url(#waiting); pointer-events: none; }
.timeline pattern rect { fill: var(--hatch); }
.timeline .bar:not(.critical) { opacity: .72; }
.timeline .critical .step { stroke: var(--ink); stroke-width: 1.6; }
.timeline .failed .step { stroke: var(--bad); stroke-width: 2.5; }
.timeline .cancelled .step, .timeline .unfinished .step { stroke: var(--warn); stroke-width: 1.6; stroke-dasharray: 4 2; }
.timeline .bar:hover { opacity: 1; }
.timeline .bar:hover .step { stroke: var(--ink); stroke-width: 1.6; }
.timeline .path, .timeline .halo { fill: none; stroke-linejoin: round; pointer-events: none; }
.timeline .path { stroke: var(--ink); stroke-width: 1.6; }
.timeline .halo { stroke: var(--paper); stroke-width: 4.5; opacity: .8; }
${groups()}
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: .8rem 0 0; padding: 0; list-style: none; color: var(--soft); font-size: .85rem; }
.swatch.waiting { background: repeating-linear-gradient(135deg, var(--faint) 0 1.5px, transparent 1.5px 4px); }
.swatch.failed { border: 2px solid var(--bad); }
.swatch.incomplete { border: 1.6px dashed var(--warn); }
.swatch.critical { border: 1.6px solid var(--ink); }

.advice { margin-top: 1.5rem; }
.failure { margin: 1.5rem 0 1rem; padding: 1rem 1.25rem; border-left: 3px solid var(--bad); background: var(--bad-sheet); }
.failure h3 { margin: 0; font-size: 1rem; color: var(--ink); overflow-wrap: anywhere; }
.failure pre { margin: .6rem 0; padding: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.failure .todo { font-weight: 600; }
.output summary { overflow-wrap: anywhere; }
.reasons pre { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }

.head { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
button { font: inherit; font-size: .85rem; color: var(--soft); background: none; border: 0; padding: .2rem 0; cursor: pointer; text-decoration: underline; text-underline-offset: 3px; text-decoration-color: var(--rule); }
button:hover { color: var(--ink); }
summary { cursor: pointer; }
.host-changes { border-bottom: 1px solid var(--rule); }
.host-changes > summary { padding: .55rem 0; font-weight: 600; }
.host-changes > summary .note { font-weight: 400; margin-left: .5rem; }
.host-changes > .inside { padding: 0 0 1rem 1.1rem; }
.host-changes h3:first-child { margin-top: .25rem; }
.changes { margin: 0; padding: 0; list-style: none; }
.changes li { padding: .12rem 0; overflow-wrap: anywhere; }
.plain { padding-left: 1.05rem; }
.took { color: var(--faint); font-size: .85rem; margin-left: .5rem; white-space: nowrap; }
.stat { margin-left: .5rem; font-size: .85rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.stat .add { color: var(--add); } .stat .cut { color: var(--cut); }
.fields { margin: .15rem 0 .15rem 1.05rem; padding: 0; list-style: none; color: var(--soft); }
.fields code { color: var(--ink); white-space: pre-wrap; }
.diff { margin: .4rem 0 .6rem 1.05rem; padding: .5rem 0; background: var(--sheet); border-radius: 4px; overflow-x: auto; white-space: pre; }
.diff span { display: block; padding: 0 .8rem; min-width: max-content; }
.diff .add { background: var(--add-sheet); color: var(--add); }
.diff .cut { background: var(--cut-sheet); color: var(--cut); }
.diff .at { color: var(--faint); }
.why { font-size: .85rem; overflow-wrap: anywhere; }
.longest .why { font-weight: 400; }
td details summary { font-size: .85rem; }
.reasons { margin: 0; padding: 0; list-style: none; overflow-wrap: anywhere; }
footer { margin-top: 3.5rem; color: var(--faint); font-size: .85rem; }

@media (max-width: 40rem) {
  body { padding-top: 1.5rem; }
  h1 { font-size: 1.6rem; }
  .facts { gap: .7rem 1.6rem; }
  td.share, th.share, .why { display: none; }
  td.phase { white-space: normal; }
  table { font-size: .875rem; }
  th, td { padding-right: .6rem; }
}
@media print {
  :root { color-scheme: light; }
  @page { margin: 15mm; }
  body { padding: 0; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .timeline { min-width: 0; }
  .wide { background: none; overflow: visible; }
  td.share { width: 14%; min-width: 0; }
  td.phase { white-space: normal; }
  button { display: none; }
  h2, h3, summary { break-after: avoid; }
  tr, .failure, .timeline, li { break-inside: avoid; }
  .diff { white-space: pre-wrap; overflow-wrap: anywhere; }
  .diff span { min-width: 0; }
  .host-changes::details-content, .output::details-content { content-visibility: visible; block-size: auto; }
}
`);

function groups(): string {
  return ["checks", "hosts", "etcd", "network", "programs", "masters", "nodes", "other"]
    .map(
      (name) =>
        `.g-${name} .step { fill: var(--g-${name}); } .g-${name} .label { stroke: var(--g-${name}); } .swatch.g-${name} { background: var(--g-${name}); }`,
    )
    .join("\n");
}

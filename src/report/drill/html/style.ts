import { verbatim } from "../../markup.ts";

/**
 * What the drill's page adds to the style of a run's page. The colours of hosts are those of Okabe and Ito (jfly.uni-koeln.de/color),
 * which people with colour blindness can tell apart.
 */
export const DRILL_STYLE = verbatim(`
:root {
  --calm: #93a5a0; --dark: #b3261e; --tail: #fbe3dc; --broken: rgb(20 24 29 / .045);
  --h0: #56b4e9; --h1: #e69f00; --h2: #2fb58e; --h3: #d490b6; --h4: #f0e442; --h5: #8c9fe0; --h6: #ea8a4e;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --calm: #5f6e6a; --dark: #ff7a70; --tail: #4a2a28; --broken: rgb(255 255 255 / .05);
    --h0: #4a9dcc; --h1: #cb8d0c; --h2: #2a9d7c; --h3: #b97d9f; --h4: #c9bf3a; --h5: #7a8cc9; --h6: #cc7742;
  }
}
.outcome.breach { color: var(--bad); }
.sign { display: inline-block; width: 1.1em; }
a { color: inherit; text-decoration-color: var(--faint); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
section.scenario { border-top: 1px solid var(--rule); margin-top: 3rem; }
section.scenario h2 { margin-top: 1.5rem; margin-bottom: .25rem; }
section.scenario h2 .outcome { font-weight: 600; }
h2 .outcome, td .outcome { white-space: nowrap; }
h2 .round, .round { color: var(--faint); font-weight: 400; }
.over-limit { color: var(--bad); font-weight: 600; }
.client { white-space: nowrap; }
.each { width: 30%; min-width: 8rem; }
.each svg { display: block; width: 100%; height: 18px; }
.each rect { fill: var(--dark); }
.quiet td { color: var(--soft); }
td.none, .none { color: var(--faint); }
td small, .small { font-size: .8rem; color: var(--soft); }
.failure ul { margin: .4rem 0 0; padding-left: 1.1rem; }
.course { margin: 1rem 0; padding: 0; list-style: none; }
.course li { padding: .1rem 0; }
.course b { font-weight: 600; }
section.scenario table { margin-top: 1rem; }
.close-up { margin: 1.2rem 0 -.4rem; color: var(--soft); font-size: .85rem; }
.hidden { position: absolute; width: 0; height: 0; }
.timeline .from { fill: var(--soft); text-anchor: end; }
.timeline .host { font-size: 12.5px; }
.timeline .broken { fill: var(--broken); }
.timeline .calm { fill: var(--calm); }
.timeline .tail { fill: var(--tail); }
.timeline .hatch { fill: url(#tail); }
.timeline .dark { fill: var(--dark); }
.timeline .gap { fill: var(--dark); opacity: .7; }
.timeline .outage:hover .dark { fill: var(--ink); }
.timeline .length { fill: var(--ink); font-variant-numeric: tabular-nums; paint-order: stroke; stroke: var(--paper); stroke-width: 3; stroke-linejoin: round; pointer-events: none; }
.timeline .length.before { text-anchor: end; }
.timeline .length.breach { fill: var(--bad); font-weight: 700; }
.timeline .length.inside { fill: var(--paper); stroke: none; }
.timeline .nobody rect { fill: none; stroke: var(--faint); stroke-dasharray: 2 2; }
.timeline .band text { fill: var(--label); pointer-events: none; }
.timeline line.mark { stroke: var(--ink); stroke-width: 1.2; }
.timeline line.mark.disrupted { stroke-width: .7; }
.timeline line.mark.restore { stroke-dasharray: 5 3; }
.timeline line.mark.whole { stroke-dasharray: 1.5 3; }
.timeline text.mark { fill: var(--ink); font-weight: 600; }
.hatching rect { fill: var(--dark); opacity: .45; }
${[0, 1, 2, 3, 4, 5, 6].map((index) => `.h${index} rect { fill: var(--h${index}); } .swatch.h${index} { background: var(--h${index}); }`).join("\n")}
.legend .swatch { width: 1.2em; }
.swatch.calm { height: 3px; background: var(--calm); vertical-align: .25em; }
.swatch.dark { background: var(--dark); }
.swatch.tail { background: repeating-linear-gradient(135deg, var(--dark) 0 1px, var(--tail) 1px 4px); }
.swatch.nobody { border: 1px dashed var(--faint); }
.swatch.broken { background: var(--broken); border: 1px solid var(--rule); }
.versions { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0; }
.versions dt { color: var(--soft); }
.versions dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .optional { display: none; }
  .client { white-space: normal; min-width: 8.5rem; }
  .versions { grid-template-columns: 1fr; gap: 0; }
  .versions dd { margin-bottom: .4rem; }
}
@media print {
  section.scenario { margin-top: 2rem; }
  a { text-decoration: none; }
  .wide { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding: .25rem .7rem .25rem 0; }
  th { white-space: normal; font-size: 7.5pt; vertical-align: bottom; }
  td small, .small { font-size: 7.5pt; }
  .client { white-space: normal; }
  section.scenario > .note, .close-up, .failure li { break-inside: avoid; break-after: avoid; }
  .each { width: 16%; min-width: 5rem; }
  section.scenario table { margin-top: .6rem; }
  .course, .versions { font-size: 9pt; }
  details.waits::details-content { content-visibility: visible; block-size: auto; }
}
`);

import { lengthText } from "../../../drills/length.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import { PROBE_LABELS, methodText } from "../words.ts";

/** What a reader has to know to believe a number, or to doubt it. */
export function methodSection(report: DrillReport): Markup {
  const { limits, skipped } = report;
  return markup`<section>
<h2>How it was measured</h2>
${methodText(report).map((sentence) => markup`<p>${sentence}</p>`)}
<p>Unless a scenario says otherwise a client may be out for: ${Object.entries(PROBE_LABELS)
    .map(([name, said]) => `${said} ${lengthText(limits[name as keyof typeof PROBE_LABELS])}`)
    .join(
      ", ",
    )}; two masters may hold the VIP at once for ${lengthText(limits.twoHolders)}. There is no limit for lost writes: there may be none.</p>
${skipped.length > 0 && markup`<p>Not tried here: ${skipped.map(({ title, reason }) => `${title} (${reason})`).join("; ")}.</p>`}
</section>`;
}

/** What was tested. */
export function clusterSection({ masters, workers, vip, versions }: DrillReport): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ["masters", masters.join(", ")],
    ["workers", workers.join(", ") || "none"],
    ["VIP", vip],
    ...Object.entries(versions),
  ];
  return markup`<section>
<h2>What was tested</h2>
<dl class="versions">${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</section>`;
}

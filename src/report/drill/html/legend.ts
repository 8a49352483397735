import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";

/** How to read the pictures, the same for all of them. */
export function legend({ masters, scenarios }: DrillReport): Markup {
  const silent = scenarios.some(({ probes }) => probes.some(({ silences }) => silences.length > 0));
  const entries: readonly (readonly [swatch: string, said: string, shown: boolean])[] = [
    ["calm", "answered", true],
    ["dark", "dark: nobody was answered", true],
    ["tail", "tail: some were answered", true],
    ["broken", "the disruption is in force", true],
    ["nobody", "nobody holds it, nobody leads", true],
    ["", "no line: nobody asked", silent],
    ...masters.map((master, index) => [`h${index % 7}`, master, true] as const),
  ];
  return markup`<ul class="legend">${entries.map(
    ([swatch, said, shown]) =>
      shown && markup`<li>${swatch !== "" && markup`<span class="swatch ${swatch}"></span>`}${said}</li>`,
  )}</ul>`;
}

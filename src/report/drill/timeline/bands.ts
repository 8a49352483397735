import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Span } from "../../../drills/outages.ts";
import { type Markup, markup } from "../../markup.ts";
import { BAR, type Canvas, CHARACTER, LANE, round } from "./canvas.ts";

/** A time that belongs to a host. */
export interface Band extends Span {
  readonly host: string;
  /** More than its name, for who asks. */
  readonly note?: string;
}

/** Bands that are seen, in as many rows as hosts had it at once; when one hands it to the other they may overlap by a few pixels. */
export function rowsOf(bands: readonly Band[], { view, place }: Canvas): Band[][] {
  const tolerance = lengthOf(view) / 250;
  const rows: Band[][] = [];
  for (const band of bands) {
    if (!place(band)) continue;
    const free = rows.find((row) => (row.at(-1)?.to ?? 0) <= band.from + tolerance);
    if (free) free.push(band);
    else rows.push([band]);
  }
  return rows.length > 0 ? rows : [[]];
}

/** Bands of hosts in their colours, with their names where there is room, and what was nobody's as an empty frame. */
export function bandRow(
  row: readonly Band[],
  nobodys: readonly Span[],
  masters: readonly string[],
  y: number,
  canvas: Canvas,
): Markup {
  const top = y + (LANE - BAR) / 2 - 1;
  return markup`${nobodys.map((span) => {
    const place = canvas.place(span, 1.5);
    return (
      place &&
      markup`<g class="nobody"><title>nobody, ${lengthText(span.to - span.from)}</title><rect x="${place.x}" y="${top + 0.5}" width="${place.width}" height="${BAR + 1}"/></g>
`
    );
  })}${row.map((band) => {
    const place = canvas.place(band, 2);
    if (!place) return undefined;
    const fits = place.width >= band.host.length * CHARACTER + 8;
    return markup`<g class="band h${masters.indexOf(band.host) % 7}"><title>${band.note ?? band.host}, ${lengthText(band.to - band.from)}</title><rect x="${place.x}" y="${top}" width="${Math.max(1.5, round(place.width - 0.8))}" height="${BAR + 2}" rx="2"/>${fits && markup`<text x="${round(place.x + 6)}" y="${top + 12}">${band.host}</text>`}</g>
`;
  })}`;
}

import { printable } from "../printable.ts";

/** Text that is HTML, SVG or XML already. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in markup: text is escaped, markup is not, lists follow one another, and what is absent leaves nothing. */
export type Content = string | number | Markup | undefined | false | readonly Content[];

/** The only way from text to markup: everything put in is escaped, in elements and in quoted attributes alike. */
export function markup(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return { markup: String.raw({ raw: strings }, ...contents.map(written)) };
}

function written(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "object") return "markup" in content ? content.markup : content.map(written).join("");
  return printable(`${content}`).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

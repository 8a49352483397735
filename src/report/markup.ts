import { printable } from "../printable.ts";

/** Text that is HTML, SVG or XML already. Only this file makes it: whatever a record or a host says, in whatever shape, stays text. */
class Trusted {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get markup(): string {
    return this.#text;
  }
}

export type { Trusted as Markup };

/** What may stand in markup: text is escaped, markup is not, lists follow one another, and what is absent leaves nothing. */
export type Content = string | number | Trusted | undefined | false | readonly Content[];

/** The only way from text to markup: everything put in is escaped, in elements and in quoted attributes alike. */
export function markup(strings: TemplateStringsArray, ...contents: readonly Content[]): Trusted {
  return new Trusted(String.raw({ raw: strings }, ...contents.map(written)));
}

/** Styles and scripts, which this program has written itself: nothing in them comes from anywhere else. */
export function verbatim(text: string): Trusted {
  return new Trusted(text);
}

/** Records are read as they are: where the type says text, there may be anything that JSON can say. */
function written(content: unknown): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Trusted) return content.markup;
  if (Array.isArray(content)) return content.map(written).join("");
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

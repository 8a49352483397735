import { printable } from "../printable.ts";

/** Text that is already HTML, SVG or XML. Only this file creates it: whatever a record or a host contains is escaped as text. */
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

/** What markup may contain: text is escaped, markup is not, lists are concatenated, and absent values are empty. */
export type Content = string | number | Trusted | undefined | false | readonly Content[];

/** The only way from text to markup: every inserted text is escaped, in elements and in quoted attributes. */
export function markup(strings: TemplateStringsArray, ...contents: readonly Content[]): Trusted {
  return new Trusted(String.raw({ raw: strings }, ...contents.map(escapedContent)));
}

/** For Tripod's own styles and scripts only: the text is not escaped. */
export function verbatim(text: string): Trusted {
  return new Trusted(text);
}

/** Records are not validated: where the type is text, there may be any JSON value. */
function escapedContent(content: unknown): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Trusted) return content.markup;
  if (Array.isArray(content)) return content.map(escapedContent).join("");
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

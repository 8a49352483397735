/**
 * What a terminal would interpret or not show: control characters (C0, DEL, C1), marks that change the direction of text or have no
 * width, line separators, lone surrogates, and what XML 1.0 forbids. Newlines, tabs and the selectors of emoji stay.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing, https://www.w3.org/TR/xml/#charsets
 */
const UNSAFE =
  /(?![\n\t]|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFFE\uFFFF]/gu;

/** Colours (SGR): many programs print them; they are removed. */
// eslint-disable-next-line no-control-regex -- the pattern matches escape characters
const COLOURS = /\u001B\[[\d;:]*m/g;

/** Longer than any line that a person reads, in characters. */
const LONGEST = 2000;

/**
 * Text that is safe to show, wherever it comes from: hosts, authenticated or not, files and peers. What would control a terminal is
 * printed as an escape (`\u001b`), colours are removed, and a carriage return ends a line. Idempotent.
 */
export function printable(text: string): string {
  return visible(text.replace(COLOURS, "").replace(/\r\n?/g, "\n"));
}

/** The same with everything escaped, carriage returns and colours too: how a value of a file is quoted. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The first line, printable, and no longer than a person reads. */
export function oneLine(text: string): string {
  return bounded(printable(text.trim().split(/[\r\n]/, 1)[0] ?? "").replaceAll("\t", "    "));
}

/** Printable, with its later lines indented: what a host prints cannot pass for one of Tripod's own lines. */
export function hanging(text: string, by = "  "): string {
  return printable(text)
    .trimEnd()
    .split("\n")
    .map((line, index) => (index === 0 ? "" : by) + bounded(line))
    .join("\n");
}

/** JSON in which no character controls a terminal: JSON.stringify does not escape DEL, C1 and invisible marks. */
export function jsonText(value: unknown, space?: number): string {
  return visible(JSON.stringify(value, undefined, space));
}

/** A value in which every text is printable and, except under the keys of `several`, has one line. */
export function printableWithin<T>(value: T, several: readonly string[], key = ""): T {
  if (typeof value === "string") return (several.includes(key) ? printable(value) : oneLine(value)) as T;
  if (Array.isArray(value)) return value.map((inner: unknown) => printableWithin(inner, several, key)) as T;
  if (typeof value !== "object" || value === null) return value;
  const within = ([name, inner]: [string, unknown]) => [name, printableWithin(inner, several, name)] as const;
  return Object.fromEntries(Object.entries(value).map(within)) as T;
}

/** Cuts a text that is longer than `most` characters, and adds `…` and how many are missing. */
export function bounded(text: string, most = LONGEST): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).toWellFormed()}… (${text.length - most} more characters)`;
}

/** As JSON escapes it, so that JSON stays valid. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");
}

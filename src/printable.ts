/**
 * What a terminal would obey or not show: control characters (C0, DEL, C1), marks that turn the direction of text or have no width,
 * line separators, halves of characters, and what XML 1.0 forbids. Newlines, tabs and the selectors of emoji stay.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing, https://www.w3.org/TR/xml/#charsets
 */
const UNSAFE =
  /(?![\n\t]|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFFE\uFFFF]/gu;

/** Colours (SGR): many programs print them, and nobody misses them. */
// eslint-disable-next-line no-control-regex -- the escape character is what it is about
const COLOURS = /\u001B\[[\d;:]*m/g;

/** Longer than any line that a person reads, in characters. */
const LONGEST = 2000;

/**
 * Text as it may be shown, wherever it comes from: hosts, also those that we have not authenticated, files and peers. What would steer
 * a terminal is seen instead (`\u001b`), colours are left out, and a carriage return ends a line. The same for its own result.
 */
export function printable(text: string): string {
  return visible(text.replace(COLOURS, "").replace(/\r\n?/g, "\n"));
}

/** The same with everything seen, carriage returns and colours too: how a value of a file is quoted. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The first line, printable, and no longer than a person reads. */
export function oneLine(text: string): string {
  return bounded(printable(text.trim().split(/[\r\n]/, 1)[0] ?? "").replaceAll("\t", "    "));
}

/** Printable, with its later lines indented: what a host says cannot pass for a line of ours. */
export function hanging(text: string, by = "  "): string {
  return printable(text)
    .trimEnd()
    .split("\n")
    .map((line, index) => (index === 0 ? "" : by) + bounded(line))
    .join("\n");
}

/** JSON of which no character steers a terminal: JSON.stringify leaves DEL, C1 and the marks that nobody sees as they are. */
export function jsonText(value: unknown, space?: number): string {
  return visible(JSON.stringify(value, undefined, space));
}

/** A value of which every text is printable, and has one line but under the keys of `several`. */
export function printableWithin<T>(value: T, several: readonly string[], key = ""): T {
  if (typeof value === "string") return (several.includes(key) ? printable(value) : oneLine(value)) as T;
  if (Array.isArray(value)) return value.map((inner: unknown) => printableWithin(inner, several, key)) as T;
  if (typeof value !== "object" || value === null) return value;
  const within = ([name, inner]: [string, unknown]) => [name, printableWithin(inner, several, name)] as const;
  return Object.fromEntries(Object.entries(value).map(within)) as T;
}

/** `…` and how much is left out, where a text is longer than `most` characters. */
export function bounded(text: string, most = LONGEST): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).toWellFormed()}… (${text.length - most} more characters)`;
}

/** As JSON writes it, so that JSON stays JSON. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");
}

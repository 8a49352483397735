import { type Document, isCollection, isScalar, type Node, visit, type YAMLError } from "yaml";
import { shownBare, withoutSecrets } from "./shown.ts";

/** A mistake of the parser's, by its place in the text. */
export interface SyntaxMistake {
  readonly offset: number;
  readonly message: string;
  /** What to do, an imperative. */
  readonly hint?: string;
  /** The tree is not reliable: nothing more is checked in it. */
  readonly fatal: boolean;
}

/** A key at the beginning of a line, and what follows its colon without a space; not the scheme of a URL. */
const TIGHT = /^(\s*(?:- +)*)([A-Za-z][\w-]*):(?!\/\/)(\S.*?)\s*$/;

const ITEMS = "indent it as the others: all items of a list begin in the same column";

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]", '"': '"', "'": "'" };

/** What the parser's errors mean most often, by their code. */
const HINTS: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  BAD_INDENT: "indent the line as the other keys of its map: they all begin in the same column",
  UNEXPECTED_TOKEN: "check the indentation: the keys of a map all begin in the same column",
  BLOCK_AS_IMPLICIT_KEY: "indent the next line as the other keys of its map, or quote the value if it contains a colon",
  BLOCK_IN_FLOW: "write a comma before the key",
  MULTILINE_IMPLICIT_KEY: "write a colon and a space after each key, and check the indentation",
  MISSING_CHAR: "write a colon and a space after the key, and `- ` before each item of a list",
  TAB_AS_INDENT: "indent with spaces",
  BAD_SCALAR_START: "quote the value",
};

/** The parser's messages that a reader cannot take literally, and what the most likely mistake is. */
const READINGS: readonly (readonly [pattern: RegExp, message: string, hint: string])[] = [
  [
    /^Missing , or : between flow|^Unexpected flow-(?:map|seq)-start at node end/,
    "a comma is missing before this",
    "write a comma between two entries of a list or map in brackets",
  ],
  [
    /^Sequence item without - indicator/,
    "this line is indented less than the other keys of its list item",
    "indent it as the other keys of the item; a new item begins with `- `",
  ],
  [
    /^A block sequence may not be used as an implicit map key/,
    "this item is indented less than the others of its list",
    ITEMS,
  ],
  [/^All sequence items must start at the same column/, "this item is not indented as the others of its list", ITEMS],
  [
    /^Nested mappings are not allowed in compact mappings/,
    "the next line is indented as if it were a part of this value",
    "indent it as the other keys of its map, or quote the value if it contains a colon",
  ],
];

/** What the parser refuses, with the place where it went wrong: a quote or brace that is not closed is shown where it opens. */
export function syntaxMistakes(document: Document.Parsed, text: string): SyntaxMistake[] {
  const mistakes = [...document.errors, ...document.warnings]
    // Once the text has ended for the parser, it refuses every word of the rest.
    .filter(({ message }, index) => index === 0 || !message.includes("token in YAML stream"))
    // After an item that is indented less, all others are.
    .filter(
      ({ message }, index, all) => index === 0 || !message.startsWith("All sequence") || all[0]?.code === "BAD_INDENT",
    )
    .map((error) => mistakeOf(error, document, text));
  const { explicit, version } = document.directives.yaml;
  if (explicit && version !== "1.2")
    mistakes.push({ offset: 0, message: `YAML ${version} reads \`on\` as true: remove the %YAML line`, fatal: true });
  return mistakes;
}

function mistakeOf(
  { code, message, pos: [offset] }: YAMLError,
  document: Document.Parsed,
  text: string,
): SyntaxMistake {
  const word = shownBare(/^[^:\s]*/.exec(text.slice(offset, offset + 120))?.[0] ?? "");
  if (code === "TAG_RESOLVE_FAILED") return { offset, message: `unknown tag \`${word}\``, fatal: false };
  if (code === "MULTIPLE_DOCS")
    return { offset, message: "a second document: an inventory has one document", fatal: false };
  const opening = /closing .quote|end with a [}\]]/.test(message) ? unclosed(document, text, offset) : undefined;
  if (opening !== undefined) return notClosed(opening, text);
  const tight = withoutSpace(text, offset);
  if (tight) return tight;
  const reading = READINGS.find(([pattern]) => pattern.test(message));
  if (reading) return { offset: indented(text, offset), message: reading[1], hint: reading[2], fatal: true };
  const hint = HINTS[code];
  if (message.startsWith("All mapping items"))
    return {
      offset: indented(text, offset),
      message: "this line is indented more, or less, than the other keys of its map",
      ...(hint !== undefined && { hint }),
      fatal: true,
    };
  const plain = `not YAML: ${message.replace(/^./, (letter) => letter.toLowerCase())}`;
  return { offset, message: plain, ...(hint !== undefined && { hint }), fatal: true };
}

/** The first character that is no space. */
function indented(text: string, offset: number): number {
  return offset + (/^ */.exec(text.slice(offset, offset + 120))?.[0].length ?? 0);
}

function notClosed(offset: number, text: string): SyntaxMistake {
  const open = text.charAt(offset);
  const close = CLOSING[open] ?? open;
  const what = open === "{" || open === "[" ? "bracket" : "quote";
  return { offset, message: `the ${what} ${open} is not closed`, hint: `write ${close} where it ends`, fatal: true };
}

/** Where the innermost quote or brace opens that is still open at this place. */
function unclosed(document: Document.Parsed, text: string, place: number): number | undefined {
  let found: number | undefined;
  const look = (node: Node) => {
    const [start = 0, end = 0] = node.range ?? [];
    const close = CLOSING[text.charAt(start)];
    const inside = text.slice(start, end).trimEnd();
    // A text whose quote is closed by the next one in the file ends there.
    const isOpen = close !== undefined && (inside.length < 2 || !inside.endsWith(close) || place < end);
    if (isOpen && start <= place && start >= (found ?? 0)) found = start;
  };
  visit(document, { Node: (_, node) => (isScalar(node) || isCollection(node) ? look(node) : undefined) });
  return found === undefined ? undefined : innermost(text, found, place);
}

/** The parser takes `[{ a, { b }]` for a list that is not closed: the bracket that its last one does not match is the one. */
function innermost(text: string, start: number, end: number): number {
  const open: number[] = [];
  for (const { 0: word, index } of text.slice(start, end).matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|[{}[\]]/g)) {
    if (word === "{" || word === "[") open.push(start + index);
    else if (word === "}" || word === "]") {
      if (CLOSING[text.charAt(open.at(-1) ?? start)] !== word) break;
      open.pop();
    }
  }
  return open.at(-1) ?? start;
}

function withoutSpace(text: string, offset: number): SyntaxMistake | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const [, before = "", key, value = ""] = TIGHT.exec(text.slice(start).split("\n", 1)[0] ?? "") ?? [];
  if (key === undefined) return undefined;
  return { offset: start + before.length, ...spaceMissing(key, value), fatal: true };
}

/** For `version:"1.36.3"`, which YAML reads as one word. */
export function spaceMissing(key: string, value: string): { message: string; hint: string } {
  const rest = /[{[]/.test(value) ? "…" : shownBare(value);
  return {
    message: `a space is missing after the colon of \`${key}\``,
    hint: withoutSecrets(`write ${key}: ${rest}`),
  };
}

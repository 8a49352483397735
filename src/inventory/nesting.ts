import { Lexer } from "yaml";

/** Nothing in an inventory, nor in the settings that it lays over Kubernetes', is nested like that. */
const DEEPEST = 60;
/** Spaces before a line: four for each level. */
const INDENTED = " ".repeat(4 * DEEPEST);

/** So many times `- ` or `? ` in a row: each begins a level. */
const COMPACT = new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`);

/** What the lexer says beside the text's own words: a document, the end of a broken collection, a scalar. */
const MARKS = ["\u0002", "\u0018", "\u001f"];

/**
 * Where a YAML text goes deeper than anything that is meant: its parser calls itself for each level, and ends the process where there are
 * half a million. Undefined: nowhere.
 */
export function tooDeep(text: string): number | undefined {
  let before = 0;
  for (const line of text.split("\n")) {
    if (!/^\s*(#|$)/.test(line) && (line.startsWith(INDENTED) || COMPACT.test(line))) return before;
    before += line.length + 1;
  }
  let [depth, offset] = [0, 0];
  for (const word of new Lexer().lex(text)) {
    if (word === "[" || word === "{") depth++;
    if (word === "]" || word === "}") depth--;
    if (depth > DEEPEST) return offset;
    if (!MARKS.includes(word)) offset += word.length;
  }
  return undefined;
}

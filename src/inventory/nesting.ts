import { Lexer } from "yaml";

/** No inventory, and no Kubernetes setting in it, is nested more deeply. */
const DEEPEST = 60;
/** Indentation of a line: four spaces for each level. */
const INDENTED = " ".repeat(4 * DEEPEST);

/** That many `- ` or `? ` in a row: each begins a level. */
const COMPACT = new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`);

/** Tokens of the lexer that are not in the text: a document, the end of a broken collection, a scalar. */
const MARKS = ["\u0002", "\u0018", "\u001f"];

/**
 * The offset at which a YAML text is nested too deeply: the parser is recursive, and half a million levels would end the process.
 * Undefined if it is not.
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

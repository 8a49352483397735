import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import type { Origin } from "../errors.ts";
import type { Mistake, Path } from "./problem.ts";

/** A YAML text as plain data, with the way back from a path to its line and column. */
export interface Source {
  /** Undefined where the text is not YAML; the mistakes then say why. */
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** The place of a value, or of its key; of the nearest thing around it where it is not in the text. */
  origin(path: Path, at?: "key"): Origin;
  /** A scalar as it was written (`1.30`), before YAML read it (1.3). */
  written(path: Path): string | undefined;
}

/**
 * Reads YAML 1.2, strictly: doubled keys, unknown tags, several documents, keys that are no plain text and aliases without
 * an end are mistakes. Anchors are welcome. Never throws.
 */
export function locate(text: string, file: string): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: "error" });
  const place = (offset: number): Origin => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const mistakes = [...syntaxMistakes(document, text, place), ...treeMistakes(document, place)];
  let value: unknown;
  if (!mistakes.some(({ fatal }) => fatal))
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch {
      mistakes.push({ origin: place(0), message: "aliases within aliases: they unfold to too much", fatal: true });
    }
  return {
    value,
    mistakes,
    origin: (path, at) => place(offsetOf(walk(document, path), at)),
    written: (path) => {
      const { node, whole } = walk(document, path);
      return whole && isScalar(node) ? node.source : undefined;
    },
  };
}

interface YamlMistake extends Mistake {
  /** The tree cannot be trusted: nothing more is said about it. */
  readonly fatal: boolean;
}

function syntaxMistakes(document: Document.Parsed, text: string, place: (offset: number) => Origin): YamlMistake[] {
  const mistakes = [...document.errors, ...document.warnings].map(({ code, message, pos: [offset] }): YamlMistake => {
    const origin = place(offset);
    const word = /^[^:\s]*/.exec(text.slice(offset))?.[0] ?? "";
    if (code === "DUPLICATE_KEY") return { origin, message: `doubled key \`${word}\``, fatal: false };
    if (code === "TAG_RESOLVE_FAILED") return { origin, message: `unknown tag \`${word}\``, fatal: false };
    if (code === "MULTIPLE_DOCS")
      return { origin, message: "a second document: an inventory is one file with one document", fatal: false };
    return { origin, message: `not YAML: ${message.replace(/^./, (letter) => letter.toLowerCase())}`, fatal: true };
  });
  const { explicit, version } = document.directives.yaml;
  if (explicit && version !== "1.2")
    mistakes.push({
      origin: place(0),
      message: `YAML ${version} reads \`on\` as true: leave the %YAML line out`,
      fatal: true,
    });
  // What follows a syntax error on its line is an echo of it.
  return mistakes.filter(
    ({ origin }, index) => mistakes.findIndex((other) => other.origin.line === origin.line) === index,
  );
}

function treeMistakes(document: Document.Parsed, place: (offset: number) => Origin): YamlMistake[] {
  const mistakes: YamlMistake[] = [];
  const say = (node: Node, message: string) =>
    mistakes.push({ origin: place(node.range?.[0] ?? 0), message, fatal: true });
  visit(document, {
    Pair(_, { key }) {
      if (!isNode(key) || isScalar(key)) return undefined;
      say(key, "a key must be plain text (quote what begins with a brace)");
      return visit.SKIP;
    },
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (!target) say(alias, `unknown alias \`*${alias.source}\`: no anchor before it`);
      else if (ancestors.includes(target)) say(alias, `the alias \`*${alias.source}\` holds itself`);
    },
  });
  return mistakes;
}

interface Found {
  readonly key: Node | null;
  readonly node: Node | null;
  /** False where the path leads further than the text. */
  readonly whole: boolean;
}

function walk(document: Document.Parsed, path: Path): Found {
  let found: Found = { key: null, node: document.contents, whole: true };
  for (const step of path) {
    const around = isAlias(found.node) ? (found.node.resolve(document) ?? null) : found.node;
    const next = stepInto(around, step);
    if (!next) return { ...found, whole: false };
    found = next;
  }
  return found;
}

function stepInto(around: Node | null, step: string | number): Found | undefined {
  if (isSeq<Node>(around)) {
    const node = around.items[Number(step)];
    return node && { key: node, node, whole: true };
  }
  if (!isMap<Node, Node | null>(around)) return undefined;
  const pair = around.items.find(
    ({ key }: Pair<Node, Node | null>) => isScalar(key) && String(key.value) === String(step),
  );
  return pair && { key: pair.key, node: pair.value, whole: true };
}

function offsetOf({ key, node, whole }: Found, at?: "key"): number {
  const empty = isScalar(node) && node.value === null && node.source === "";
  const shown = at === "key" || !whole || !node || empty ? (key ?? node) : node;
  return shown?.range?.[0] ?? 0;
}

import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { Origin } from "../errors.ts";
import { tooDeep } from "./nesting.ts";
import type { Mistake, Path, Problem } from "./problem.ts";
import { syntaxMistakes } from "./syntax.ts";
import { keyOf, type TreeMistake, unfold } from "./unfold.ts";

/** A YAML text as plain data, with the line and column of each path. */
export interface Source {
  /** Undefined if the text is not YAML; `mistakes` has the reason. */
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** The keys that are written twice: neither of their values is known to be the meant one. */
  readonly doubled: readonly Path[];
  /** The place of a value, or of its key; if it is not in the text, of the nearest enclosing value. */
  origin(path: Path, at?: Problem["at"]): Origin;
  /** A scalar as it was written (`1.30`), before YAML parsed it (1.3). */
  written(path: Path): string | undefined;
}

/**
 * Parses YAML 1.2 strictly: duplicate keys, unknown tags, several documents, keys that are not plain text and endless aliases are
 * mistakes. Anchors are allowed. Never throws.
 */
export function locate(text: string, file: string): Source {
  const counter = new LineCounter();
  const place = (offset: number): Origin => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const deep = tooDeep(text);
  if (deep !== undefined) return unreadable(text, file, deep);
  // `unfold` finds duplicate keys: the parser compares each key with all before it, in quadratic time.
  const options = { lineCounter: counter, prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const invalid = syntaxMistakes(document, text);
  // What cannot be parsed has no tree to look for mistakes in.
  const found = invalid.some(({ fatal }) => fatal) ? [] : unfold(document);
  const told = new Set<number>();
  const mistakes = [...invalid, ...found.map((mistake) => ({ ...mistake, message: withLine(mistake, place) }))]
    .map(({ offset, message, hint, fatal }) => ({ origin: place(offset), message, ...(hint && { hint }), fatal }))
    // Later errors on the line of a syntax error are consequences of it.
    .filter(({ origin: { line } }, index) => !told.has(line) && (index >= invalid.length || told.add(line)));
  const find = finder(document);
  return {
    value: mistakes.some(({ fatal }) => fatal) ? undefined : document.toJS({ maxAliasCount: -1 }),
    mistakes,
    doubled: found.flatMap(({ path }) => (path ? [path] : [])),
    origin: (path, at) => place(offsetOf(find(path), at)),
    written: (path) => {
      const { node, whole } = find(path);
      return whole && isScalar(node) ? node.source : undefined;
    },
  };
}

/** The message about a duplicate key names the line of the first. */
function withLine({ message, first }: TreeMistake, place: (offset: number) => Origin): string {
  return first === undefined ? message : `${message}: the first is in line ${place(first).line}`;
}

/** A text that is nested too deeply is not parsed. */
function unreadable(text: string, file: string, offset: number): Source {
  const before = text.slice(0, offset).split("\n");
  const origin = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  const message = "nested too deeply: no inventory has so many levels";
  return {
    value: undefined,
    mistakes: [{ origin, message }],
    doubled: [],
    origin: () => origin,
    written: () => undefined,
  };
}

interface Found {
  readonly key: Node | null;
  readonly node: Node | null;
  /** False if the path is not in the text. */
  readonly whole: boolean;
}

/** Finds the node of a path. The keys of a map are indexed once, not searched for each path. */
function finder(document: Document.Parsed): (path: Path) => Found {
  const indices = new Map<Node, ReadonlyMap<string, Pair<Node, Node | null>>>();
  const pairOf = (around: Node, name: string) => {
    if (!isMap<Node, Node | null>(around)) return undefined;
    const index = indices.get(around) ?? new Map(around.items.toReversed().map((pair) => [keyOf(pair) ?? "", pair]));
    indices.set(around, index);
    return index.get(name);
  };
  return (path) => {
    let found: Found = { key: null, node: document.contents, whole: true };
    for (const step of path) {
      const { node: around } = found;
      const item = isSeq<Node>(around) ? around.items[Number(step)] : undefined;
      const pair = item ? { key: item, value: item } : around ? pairOf(around, String(step)) : undefined;
      if (!pair) return { ...found, whole: false };
      found = { key: pair.key, node: pair.value, whole: true };
    }
    return found;
  };
}

function offsetOf({ key, node, whole }: Found, at?: Problem["at"]): number {
  const empty = isScalar(node) && node.value === null && node.source === "";
  const shown = at === "key" || !whole || !node || empty ? (key ?? node) : node;
  return shown?.range?.[0] ?? 0;
}

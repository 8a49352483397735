import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { Path } from "./problem.ts";
import { shownBare } from "./shown.ts";

/** A mistake in a YAML tree: invalid, or ambiguous. */
export interface TreeMistake {
  /** Its place in the text. */
  readonly offset: number;
  readonly message: string;
  /** What to do, an imperative. */
  readonly hint?: string;
  /** For a duplicate key, the place of the first, and the path of both. */
  readonly first?: number;
  readonly path?: Path;
  /** The tree is not reliable: nothing more is checked in it. */
  readonly fatal: boolean;
}

/** Aliases of aliases grow exponentially; a real inventory has fewer nodes than this with all aliases resolved. */
const MOST_NODES = 500_000;

/**
 * Replaces each alias by its target, so that paths work through aliases; and finds keys that are not text, and duplicate keys. Visits
 * the tree once.
 */
export function unfold(document: Document.Parsed): TreeMistake[] {
  const mistakes: TreeMistake[] = [];
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  /** Where the visit is. */
  const at: (string | number)[] = [];
  /** Number of nodes in it and below, with aliases resolved. */
  const sizes = new Map<Node, number>();
  const say = (node: Node, message: string) => mistakes.push({ offset: node.range?.[0] ?? 0, message, fatal: true });

  const meant = (node: Node | null): Node | null => {
    if (!isAlias(node)) return node && through(node);
    const target = anchors.get(node.source);
    if (!target) say(node, `unknown alias \`*${shownBare(node.source)}\`: it has no anchor before it`);
    else if (open.has(target)) say(node, `the alias \`*${shownBare(node.source)}\` contains itself`);
    else return target;
    return null;
  };

  const through = (node: Node): Node => {
    if ("anchor" in node && node.anchor) anchors.set(node.anchor, node);
    let size = 1;
    const put = (inner: Node | null, step: string | number) => {
      at.push(step);
      const found = meant(inner);
      at.pop();
      size += found ? (sizes.get(found) ?? 1) : 1;
      return found;
    };
    open.add(node);
    if (isSeq<Node | null>(node)) node.items = node.items.map(put);
    if (isMap<Node, Node | null>(node)) {
      const seen = new Map<string, Pair<Node, Node | null>>();
      for (const pair of node.items) {
        const name = keyOf(pair);
        if (name === undefined) say(pair.key, "a key must be plain text (quote what begins with a brace)");
        else {
          const first = seen.get(name);
          if (first === undefined) seen.set(name, pair);
          else mistakes.push(duplicate([...at, name], pair, first));
          pair.value = put(pair.value, name);
        }
      }
    }
    open.delete(node);
    sizes.set(node, size);
    return node;
  };

  if (!document.contents) return [];
  document.contents = meant(document.contents) as typeof document.contents;
  if (mistakes.every(({ fatal }) => !fatal) && (sizes.get(document.contents) ?? 0) > MOST_NODES)
    mistakes.push({ offset: 0, message: "aliases within aliases: too large when they are resolved", fatal: true });
  return mistakes;
}

function duplicate(path: Path, { key, value }: Pair<Node, Node | null>, first: Pair<Node, Node | null>): TreeMistake {
  const both = [value, first.value];
  return {
    offset: key.range?.[0] ?? 0,
    message: `duplicate key \`${shownBare(String(path.at(-1)))}\``,
    hint: both.every(isMap)
      ? "merge the two blocks"
      : both.every(isSeq)
        ? "merge the two lists"
        : "keep one of the two",
    first: first.key.range?.[0] ?? 0,
    path,
    fatal: false,
  };
}

/** A key's text; undefined if it is a map, a list or an alias. */
export function keyOf({ key }: Pair<Node, Node | null>): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

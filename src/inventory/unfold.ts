import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { shownBare } from "./shown.ts";

/** A mistake in a YAML tree: invalid, or ambiguous. */
export interface TreeMistake {
  /** Its place in the text. */
  readonly offset: number;
  readonly message: string;
  /** For a duplicate key, the place of the first. */
  readonly first?: number;
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
    const put = (inner: Node | null) => {
      const found = meant(inner);
      size += found ? (sizes.get(found) ?? 1) : 1;
      return found;
    };
    open.add(node);
    if (isSeq<Node | null>(node)) node.items = node.items.map(put);
    if (isMap<Node, Node | null>(node)) {
      const seen = new Map<string, number>();
      for (const pair of node.items) {
        const name = keyOf(pair);
        if (name === undefined) say(pair.key, "a key must be plain text (quote what begins with a brace)");
        else {
          const [offset = 0] = pair.key.range ?? [];
          const first = seen.get(name);
          if (first === undefined) seen.set(name, offset);
          else mistakes.push({ offset, message: `duplicate key \`${shownBare(name)}\``, first, fatal: false });
          pair.value = put(pair.value);
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

/** A key's text; undefined if it is a map, a list or an alias. */
export function keyOf({ key }: Pair<Node, Node | null>): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

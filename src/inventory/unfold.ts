import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { shownBare } from "./shown.ts";

/** A place in a YAML tree that cannot be read, or not by everybody as the same. */
export interface TreeMistake {
  /** Where in the text. */
  readonly offset: number;
  readonly message: string;
  /** The tree cannot be trusted: nothing more is said about it. */
  readonly fatal: boolean;
}

/** Aliases of aliases grow without an end; what a person writes has fewer nodes than this when all stand where they are meant. */
const MOST_NODES = 500_000;

/**
 * Puts into the place of each alias what it stands for, so that a path leads to it as to anything else; and looks for what makes a map of
 * YAML more than one of ours: keys that are no text, and keys that stand there twice. Goes through the tree once.
 */
export function unfold(document: Document.Parsed): TreeMistake[] {
  const mistakes: TreeMistake[] = [];
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  /** Nodes in it and below, as if aliases were written out. */
  const sizes = new Map<Node, number>();
  const say = (node: Node, message: string, fatal = true) =>
    mistakes.push({ offset: node.range?.[0] ?? 0, message, fatal });

  const meant = (node: Node | null): Node | null => {
    if (!isAlias(node)) return node && through(node);
    const target = anchors.get(node.source);
    if (!target) say(node, `unknown alias \`*${shownBare(node.source)}\`: no anchor before it`);
    else if (open.has(target)) say(node, `the alias \`*${shownBare(node.source)}\` holds itself`);
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
      const seen = new Set<string>();
      for (const pair of node.items) {
        const name = keyOf(pair);
        if (name === undefined) say(pair.key, "a key must be plain text (quote what begins with a brace)");
        else {
          if (seen.has(name)) say(pair.key, `doubled key \`${shownBare(name)}\``, false);
          seen.add(name);
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
    mistakes.push({ offset: 0, message: "aliases within aliases: they unfold to too much", fatal: true });
  return mistakes;
}

/** A key's text; undefined where it is a map, a list or an alias. */
export function keyOf({ key }: Pair<Node, Node | null>): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

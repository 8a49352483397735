const BEGIN = "# BEGIN tripod";
const END = "# END tripod";

interface Named {
  readonly name: string;
  readonly address: string;
}

/**
 * The text of /etc/hosts with Tripod's block in it, machines by name; everything outside the markers is kept. Idempotent.
 * @param others nodes that the inventory does not name: their lines are kept where an earlier inventory has written them, and are never
 * added, because a node chooses its own name and address
 */
export function hostsFile(text: string, machines: readonly Named[], others: readonly Named[] = []): string {
  const lines = text.split("\n");
  const from = lines.indexOf(BEGIN);
  const to = from < 0 ? -1 : lines.indexOf(END, from);
  const written = new Set(to < 0 ? [] : lines.slice(from + 1, to));
  const lineOf = ({ name, address }: Named) => `${address} ${name}`;
  const kept = others.map(lineOf).filter((line) => written.has(line));
  const block = [BEGIN, ...machines.map(lineOf), ...kept, END].join("\n");
  if (to >= 0) return [...lines.slice(0, from), block, ...lines.slice(to + 1)].join("\n");
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${block}\n`;
}

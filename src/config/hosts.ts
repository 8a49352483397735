const BEGIN = "# BEGIN tripod";
const END = "# END tripod";

/** The text of /etc/hosts with Tripod's block in it, machines by name; everything outside the markers is kept. Idempotent. */
export function hostsFile(
  text: string,
  machines: readonly { readonly name: string; readonly address: string }[],
): string {
  const names = machines.map(({ name, address }) => `${address} ${name}`);
  const block = [BEGIN, ...names, END].join("\n");
  const lines = text.split("\n");
  const from = lines.indexOf(BEGIN);
  const to = from < 0 ? -1 : lines.indexOf(END, from);
  if (to >= 0) return [...lines.slice(0, from), block, ...lines.slice(to + 1)].join("\n");
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${block}\n`;
}

const BEGIN = "# BEGIN tripod";
const END = "# END tripod";

/** The text of /etc/hosts with our block in it, machines by name; everything outside the markers stays as it was. Its own result stays the same. */
export function hostsFile(
  text: string,
  machines: readonly { readonly name: string; readonly address: string }[],
): string {
  const names = machines.map(({ name, address }) => `${address} ${name}`);
  const block = [BEGIN, ...names, END].join("\n");
  const ours = new RegExp(`^${BEGIN}\n[^]*?^${END}$`, "m");
  if (ours.test(text)) return text.replace(ours, () => block);
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${block}\n`;
}

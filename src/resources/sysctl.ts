import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** Live kernel settings (`net.ipv4.ip_forward`: `1`). A separate file keeps them over a reboot. */
export const sysctl = defineResource<
  { readonly values: Readonly<Record<string, string>> },
  ReadonlyMap<string, string>
>({
  kind: "sysctl",
  name: () => "live",
  async read(host, { values }) {
    const names = Object.keys(values);
    const lines = names.map((name) => sh`sysctl -n ${name} 2>/dev/null || echo missing`);
    const { stdout } = await host.read(lines.join("\n"));
    const found = stdout.split("\n");
    return new Map(names.map((name, index) => [name, (found[index] ?? "missing").trim()]));
  },
  diff: ({ values }, live) =>
    Object.entries(values)
      .filter(([name, wanted]) => live.get(name) !== wanted)
      .map(([name, wanted]) => ({ field: name, from: live.get(name) ?? "missing", to: wanted })),
  async apply(host, { values }) {
    const settings = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    await command(host, sh`sysctl -qw ${settings}`);
  },
});

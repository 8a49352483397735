import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** Packages of the host's own family, all in one transaction; with their versions where a name carries one. */
export const packages = defineResource<{ readonly names: readonly string[] }, readonly string[]>({
  kind: "packages",
  name: () => "installed",
  async read(host, { names }) {
    if (names.length === 0) return [];
    const { stdout } = await host.read(host.os.installed(names));
    return host.os.missing(names, stdout);
  },
  diff: (_, missing) => missing.map((name) => ({ field: "package", from: "absent", to: name })),
  async apply(host, _, missing, working) {
    working.progress(`installing ${missing.join(" ")}`);
    await command(host, host.os.install(missing));
  },
});

import { exported } from "../remote/shell.ts";
import { runLong } from "../remote/long.ts";
import { commandFailed } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface PackagesArgs {
  readonly names: readonly string[];
  /** The proxy's variables, by name; the package manager is given them. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Packages of the host's OS family, all in one transaction; with their versions where a name contains one. The package manager runs as its
 * own unit: if it died half way together with its session, it would leave packages that have to be repaired by hand.
 */
export const packages = defineResource<PackagesArgs, readonly string[]>({
  kind: "packages",
  name: () => "installed",
  async read(host, { names }) {
    if (names.length === 0) return [];
    const { stdout } = await host.read(host.os.installed(names));
    return host.os.missing(names, stdout);
  },
  diff: (_, missing) => missing.map((name) => ({ field: "package", from: "absent", to: name })),
  async apply(host, { environment = {} }, missing, working) {
    working.progress(`installing ${missing.join(" ")}`);
    const script = `${exported(environment)}${host.os.install(missing)}`;
    const result = await runLong(
      host.connection,
      { unit: "packages", command: script },
      // The wait already shows its last line as its reason.
      { wait: (condition) => working.wait(condition), progress: () => undefined },
    );
    if (result.code !== 0) throw commandFailed(host, script, result, "the packages could not be installed");
  },
});

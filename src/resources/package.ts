import { installedVersions } from "../os/os.ts";
import { exported } from "../remote/shell.ts";
import { runLong } from "../remote/long.ts";
import { commandFailed } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface PackagesArgs {
  readonly names: readonly string[];
  /** Those of them that an upgrade of the system must leave alone: another version is Tripod's to install. */
  readonly hold?: readonly string[];
  /** The proxy's variables, by name; the package manager is given them. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface PackagesState {
  readonly missing: readonly string[];
  /** Version by bare name. */
  readonly installed: ReadonlyMap<string, string>;
  /** Those of `hold` that are not held, or will not be until they are installed; bare names. */
  readonly free: readonly string[];
}

/**
 * Packages of the host's OS family, all in one transaction; with their versions where a name contains one. The package manager runs as its
 * own unit: if it died half way together with its session, it would leave packages that have to be repaired by hand.
 */
export const packages = defineResource<PackagesArgs, PackagesState>({
  kind: "packages",
  name: () => "installed",
  async read(host, { names, hold = [] }) {
    if (names.length === 0) return { missing: [], installed: new Map(), free: [] };
    const kept = hold.map((name) => host.os.bareName(name));
    const [installed, held] = await Promise.all([
      host.read(host.os.installed(names)),
      kept.length === 0 ? undefined : host.read(host.os.held(kept)),
    ]);
    const heldNames = held?.stdout.split("\n") ?? [];
    return {
      missing: host.os.missing(names, installed.stdout),
      installed: new Map(
        [...installedVersions(installed.stdout)].filter(([name]) =>
          names.some((each) => host.os.bareName(each) === name),
        ),
      ),
      free: kept.filter((name) => !heldNames.includes(name)),
    };
  },
  diff: (_, { missing, installed, free }) => [
    ...missing.map((name) => ({
      field: "package",
      from:
        [...installed].find(([bare]) => name.startsWith(`${bare}=`) || name.startsWith(`${bare}-`))?.[1] ?? "absent",
      to: name,
    })),
    ...free.map((name) => ({ field: "held", from: "upgraded with the system", to: name })),
  ],
  async apply(host, { environment = {} }, { missing, free }, working) {
    if (missing.length > 0) working.progress(`installing ${missing.join(" ")}`);
    const steps = [
      ...(missing.length > 0 ? [`{\n${host.os.install(missing)}\n}`] : []),
      ...(free.length > 0 ? [`{\n${host.os.hold(free)}\n}`] : []),
    ];
    const script = `${exported(environment)}${steps.join(" && ")}`;
    const result = await runLong(
      host.connection,
      { unit: "packages", command: script, exact: true },
      // The wait already shows its last line as its reason.
      { wait: (condition) => working.wait(condition), progress: () => undefined },
    );
    if (result.code !== 0) throw commandFailed(host, script, result, "the packages could not be installed");
  },
});

import type { Host } from "../host.ts";
import { installedVersions, type OsFamily } from "../os/os.ts";
import { exported } from "../remote/shell.ts";
import { runLong } from "../remote/long.ts";
import { commandFailed } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface PackagesArgs {
  readonly names: readonly string[];
  /** Those of them that an upgrade of the system must leave alone: another version is Tripod's to install. */
  readonly hold?: readonly string[];
  /** The same for other packages, by their bare names, where the transaction or somebody else has installed them. */
  readonly holdToo?: readonly string[];
  /** The proxy's variables, by name; the package manager is given them. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the package manager is asked for. */
interface Transaction {
  /** Not installed, or in another version. */
  readonly missing: readonly string[];
  /** `missing`, and what is held and belongs to it: held packages are upgraded only where they are named, and a kubelet may need newer ones. */
  readonly install: readonly string[];
}

/** @param printed the output of the family's `installed` for `names` and `holdToo` */
export function transactionOf(
  os: OsFamily,
  { names, hold = [], holdToo = [] }: Pick<PackagesArgs, "names" | "hold" | "holdToo">,
  printed: string,
): Transaction {
  const missing = os.missing(names, printed);
  const installed = installedVersions(printed);
  const together = missing.some((name) => hold.includes(name));
  return { missing, install: [...missing, ...(together ? holdToo.filter((name) => installed.has(name)) : [])] };
}

interface PackagesState extends Transaction {
  /** Version by bare name. */
  readonly installed: ReadonlyMap<string, string>;
  /** Those of `hold` and `holdToo` that are not held, or will not be until they are installed; bare names. */
  readonly free: readonly string[];
}

/**
 * Packages of the host's OS family, all in one transaction; with their versions where a name contains one. The package manager runs as its
 * own unit: if it died half way together with its session, it would leave packages that have to be repaired by hand.
 */
export const packages = defineResource<PackagesArgs, PackagesState>({
  kind: "packages",
  name: () => "installed",
  async read(host, args) {
    const { names, hold = [], holdToo = [] } = args;
    if (names.length === 0) return { missing: [], install: [], installed: new Map(), free: [] };
    const bare = names.map((name) => host.os.bareName(name));
    const kept = [...hold.map((name) => host.os.bareName(name)), ...holdToo];
    const [{ stdout }, held] = await Promise.all([
      host.read(host.os.installed([...names, ...holdToo])),
      kept.length === 0 ? undefined : host.read(host.os.held(kept)),
    ]);
    const heldNames = held?.stdout.split("\n") ?? [];
    const installed = installedVersions(stdout);
    return {
      ...transactionOf(host.os, args, stdout),
      installed: new Map([...installed].filter(([name]) => bare.includes(name))),
      free: kept.filter((name) => !heldNames.includes(name) && (!holdToo.includes(name) || installed.has(name))),
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
  async apply(host, { environment = {}, holdToo = [] }, { missing, install, free }, working) {
    if (missing.length > 0) working.progress(`installing ${missing.join(" ")}`);
    const steps = [
      ...(install.length > 0 ? [`{\n${host.os.install(install)}\n}`] : []),
      ...(free.length > 0 ? [`{\n${host.os.hold(free)}\n}`] : []),
      ...(install.length > 0 && holdToo.length > 0 ? [`{\n${holdInstalled(host, holdToo)}\n}`] : []),
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

/** What a transaction brought along is known only after it. */
function holdInstalled({ os }: Host, names: readonly string[]): string {
  const patterns = names.map((name) => `-e ${name}`).join(" ");
  return `brought=$({ ${os.installed(names)}; } | cut -d' ' -f1 | grep -x ${patterns} | tr '\\n' ' ')
[ -z "$brought" ] || {
${os.hold(["$brought"])}
}`;
}

import { coerce, compare, diff, gt } from "semver";
import { COMPONENTS } from "../../releases/artifact.ts";
import { tooOld } from "../../versions.ts";
import { installedVersions } from "../../os/os.ts";
import type { Host } from "../../host.ts";
import { lastLines } from "../../last-lines.ts";
import { packageSupply } from "../package-supply.ts";
import { type Context, onceKey } from "../phase.ts";
import { bundledArchitecture, originOf, programs } from "../software.ts";
import type { Check, Problem } from "./check.ts";
import { earlierPrograms } from "./earlier-programs.ts";

/** Throws E_LOCAL where a folder does not contain a program, or no checksum is published for its version. */
export const softwareAvailable: Check = {
  name: "software",
  title:
    "Every program for the host can be had: its folder or the bundle contains it, its project publishes a checksum for this version and processor, or the package manager can install it in this version and would remove nothing",
  async examine(host, context) {
    const wanted = COMPONENTS.filter((component) => component !== "etcd" || host.machine.role === "master");
    const { bundle } = context.cluster.software;
    // Images are taken from it also where all programs are packages.
    if (bundle) bundledArchitecture(host, bundle);
    await Promise.all(wanted.map((component) => programs(host, context, component)));
    const packaged = wanted.filter((component) => originOf(host, context.cluster, component) === "packages");
    const noEtcd = packaged.includes("etcd") && host.os.packages.etcd.length === 0;
    return [
      ...(noEtcd ? [etcdMissing(host.os.name)] : []),
      ...(await earlierPrograms(host, context.cluster)),
      ...(await notInstallable(host, context)),
    ];
  },
};

function etcdMissing(system: string): Problem {
  return {
    message: `${system} has no etcd package`,
    hint: "let etcd come from releases: `software: {from: {etcd: releases}}`; or put etcd and etcdctl into `software.binaries`",
  };
}

async function notInstallable(host: Host, context: Context): Promise<Problem[]> {
  const { install, installable, printed, repository } = await packageSupply(host, context);
  if (installable) return [];
  const also = repository ? `, also from ${repository.url}` : "";
  return [
    {
      message: `its package manager cannot install what it needs${also}`,
      why: `${install.join(" ")}\n\n${lastLines(printed)}`,
      hint: "make the host's package repositories have them in these versions, or let the component come from elsewhere with `software.from`",
    },
  ];
}

export const etcdVersion: Check = {
  name: "etcd-version",
  title:
    "The distribution's etcd is new enough for this Kubernetes, and for a new cluster that of all masters is of one minor version, where etcd is a package",
  async examine(host, context) {
    const { cluster, existing } = context;
    const version = await packagedEtcd(host, context);
    if (version === undefined) return [];
    const oldest = tooOld(cluster.kubernetes.minor, "etcd", version);
    // An existing cluster may have two for a while: its members are upgraded one by one.
    const newest = existing.clusterExists ? undefined : await newestEtcd(context);
    const newer = newest && hasNewerMinor(newest.version, version) ? newest : undefined;
    const from = "let etcd come from releases: `software: {from: {etcd: releases}}`";
    return [
      ...(oldest === undefined
        ? []
        : [
            {
              message: `its package of etcd is ${version}, but Kubernetes 1.${cluster.kubernetes.minor} needs ${oldest} or later`,
              hint: from,
            },
          ]),
      ...(newer === undefined
        ? []
        : [
            {
              message: `its package of etcd is ${version}, that of ${newer.name} is ${newer.version}: the older one cannot become a member of a cluster that the newer one creates`,
              hint: `${from}; or give all masters the same release of the distribution`,
            },
          ]),
    ];
  },
};

function hasNewerMinor(version: string, than: string): boolean {
  return gt(version, than) && diff(version, than) !== "patch";
}

interface PackagedEtcd {
  readonly name: string;
  readonly version: string;
}

/** Of all masters; undefined where none has etcd from a package. */
function newestEtcd(context: Context): Promise<PackagedEtcd | undefined> {
  return context.once(onceKey<PackagedEtcd | undefined>("newest package of etcd"), async () => {
    const all = await Promise.all(
      context.hosts.map(async (host) => ({ name: host.name, version: await packagedEtcd(host, context) })),
    );
    return all
      .flatMap(({ name, version }) => (version === undefined ? [] : [{ name, version }]))
      .toSorted((one, other) => compare(other.version, one.version))[0];
  });
}

/** The version of a master's etcd package: what is installed stays; else what the package manager would install. Undefined: no package. */
function packagedEtcd(host: Host, context: Context): Promise<string | undefined> {
  return context.once(onceKey<string | undefined>(`etcd's package on ${host.name}`), async () => {
    const [name] = host.os.packages.etcd;
    if (host.machine.role !== "master" || name === undefined) return undefined;
    if (originOf(host, context.cluster, "etcd") !== "packages") return undefined;
    const [{ stdout }, { printed }] = await Promise.all([
      host.read(host.os.installed([name])),
      packageSupply(host, context),
    ]);
    const found = installedVersions(stdout).get(name) ?? host.os.simulatedVersion(name, printed);
    return coerce(found)?.version;
  });
}

import { coerce } from "semver";
import { COMPONENTS } from "../../releases/artifact.ts";
import { tooOld } from "../../versions.ts";
import { installedVersions } from "../../os/os.ts";
import type { Host } from "../../host.ts";
import { lastLines } from "../../last-lines.ts";
import { packageSupply } from "../package-supply.ts";
import type { Context } from "../phase.ts";
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

/** What is installed stays; else it is what the package manager would install. */
export const etcdVersion: Check = {
  name: "etcd-version",
  title: "The distribution's etcd is new enough for this Kubernetes, where etcd is a package",
  async examine(host, context) {
    const { cluster } = context;
    const [name] = host.os.packages.etcd;
    if (host.machine.role !== "master" || name === undefined || originOf(host, cluster, "etcd") !== "packages")
      return [];
    const [{ stdout }, { printed }] = await Promise.all([
      host.read(host.os.installed([name])),
      packageSupply(host, context),
    ]);
    const found = installedVersions(stdout).get(name) ?? host.os.simulatedVersion(name, printed);
    const version = coerce(found)?.version;
    const oldest = version === undefined ? undefined : tooOld(cluster.kubernetes.minor, "etcd", version);
    if (version === undefined || oldest === undefined) return [];
    return [
      {
        message: `its package of etcd is ${version}, but Kubernetes 1.${cluster.kubernetes.minor} needs ${oldest} or later`,
        hint: "let etcd come from releases: `software: {from: {etcd: releases}}`",
      },
    ];
  },
};

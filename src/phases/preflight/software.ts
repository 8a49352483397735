import { coerce } from "semver";
import { COMPONENTS } from "../../releases/artifact.ts";
import { tooOld } from "../../versions.ts";
import { installedVersions } from "../../os/os.ts";
import { bundledArchitecture, originOf, programs } from "../software.ts";
import type { Check } from "./check.ts";

/** Throws E_LOCAL where a folder does not contain a program, or no checksum is published for its version. */
export const softwareAvailable: Check = {
  name: "software",
  title:
    "every program can be had: its folder or the bundle contains it, or its project publishes a checksum for this version and processor",
  async examine(host, context) {
    const wanted = COMPONENTS.filter((component) => component !== "etcd" || host.machine.role === "master");
    const { bundle } = context.cluster.software;
    // Images are taken from it also where all programs are packages.
    if (bundle) bundledArchitecture(host, bundle);
    await Promise.all(wanted.map((component) => programs(host, context, component)));
    const packaged = wanted.filter((component) => originOf(host, context.cluster, component) === "packages");
    if (!packaged.includes("etcd") || host.os.packages.etcd.length > 0) return [];
    return [
      {
        message: `${host.os.name} has no etcd package`,
        hint: "let etcd come from releases: `software: {from: {etcd: releases}}`; or put etcd and etcdctl into `software.binaries`",
      },
    ];
  },
};

/** What is installed stays; else it is the package manager's candidate. A fresh host without lists names none, and apply finds out. */
export const etcdVersion: Check = {
  name: "etcd-version",
  title: "the distribution's etcd is new enough for this Kubernetes, where etcd is a package",
  async examine(host, { cluster }) {
    const [name] = host.os.packages.etcd;
    if (host.machine.role !== "master" || name === undefined || originOf(host, cluster, "etcd") !== "packages")
      return [];
    const [installed, candidate] = await Promise.all([
      host.read(host.os.installed([name])),
      host.read(host.os.candidate(name)),
    ]);
    const version = coerce(installedVersions(installed.stdout).get(name) ?? candidate.stdout)?.version;
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

import { z } from "zod";
import { distinct } from "../scalars.ts";
import { shown } from "../shown.ts";
import { didYouMean } from "../suggest.ts";

/** The checks whose failure may be only a warning, in the order in which they are listed. A check is one file or value in phases/preflight. */
const TOLERABLE = [
  "systemd",
  "operating-system",
  "cpu-and-memory",
  "unique-machine",
  "clock",
  "operator-clock",
  "cgroup-version",
  "kernel-modules",
  "selinux",
  "own-address",
  "subnets-free",
  "l2-segment",
  "same-mtu",
  "vip-in-subnet",
  "vip-ours",
  "vip-not-in-files",
  "vip-free",
  "router-id-free",
  "kernel-settings-kept",
  "ports-free",
  "pods-forwarded",
  "ufw-knows-vrrp",
  "ports-reachable",
  "etcd-version",
  "containerd-config",
  "etcd-disk",
] as const;

/** The checks that protect a cluster or its data, and those without which the run could not end: they cannot be tolerated. */
const REQUIRED = ["matches-cluster", "etcd-data", "authorities", "pod-ranges", "manifest", "software"] as const;

/** @internal exported for its test */
export const CHECK_NAMES = [...TOLERABLE, ...REQUIRED];

export type CheckName = (typeof CHECK_NAMES)[number];

/** @internal exported for its test */
export function isTolerable(name: string): boolean {
  return (TOLERABLE as readonly string[]).includes(name);
}

const check = z
  .string()
  .superRefine((name, context) => {
    if (isTolerable(name)) return;
    const message = (REQUIRED as readonly string[]).includes(name)
      ? `${shown(name)} cannot be tolerated: it protects the cluster, or the run could not end without it`
      : `${shown(name)} is not a preflight check${didYouMean(name, [...TOLERABLE])}`;
    context.addIssue({ code: "custom", message });
  })
  .meta({ title: "check" });

export const preflight = z
  .strictObject({
    tolerate: distinct(check)
      .default([])
      .describe("Checks whose failure is only a warning, each by its name (docs/preflight.md).")
      .meta({ life: "operator's side", examples: [["router-id-free"]] }),
  })
  .prefault({})
  .describe("What is checked on every host before anything is changed.");

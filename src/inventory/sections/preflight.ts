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

/** The checks that cannot be tolerated, each with what would happen otherwise: they protect a cluster or its data, or the run could not end. */
const REQUIRED = {
  software: "the run could not end without the program",
  "matches-cluster": "an apply would change the existing cluster in part",
  "etcd-data": "somebody's data or service would be lost",
  authorities: "the masters would not accept each other's certificates",
  "pod-ranges": "pods of two hosts would have the same addresses",
  manifest: "the run could not end without it, or would install what nobody has reviewed",
} as const;

/** @internal exported for its test */
export const CHECK_NAMES = [...TOLERABLE, ...Object.keys(REQUIRED)] as readonly CheckName[];

export type CheckName = (typeof TOLERABLE)[number] | keyof typeof REQUIRED;

/** Why a check cannot be tolerated; undefined: it can, or there is no such check. @internal exported for the documentation */
export function whyRequired(name: string): string | undefined {
  return Object.entries(REQUIRED).find(([required]) => required === name)?.[1];
}

/** @internal exported for its test */
export function isTolerable(name: string): boolean {
  return (TOLERABLE as readonly string[]).includes(name);
}

const check = z
  .string()
  .superRefine((name, context) => {
    if (isTolerable(name)) return;
    const why = whyRequired(name);
    const message = why
      ? `${shown(name)} cannot be tolerated: ${why}`
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

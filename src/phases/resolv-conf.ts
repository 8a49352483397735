import { resolver } from "../facts/resolver.ts";
import type { Host } from "../host.ts";
import type { Context } from "./phase.ts";

/**
 * The kubelet's `resolvConf` where hosts need different ones, because systemd-resolved runs on some only: kubeadm writes the first
 * master's into the configuration of all, and no pod starts where that file is missing. Undefined where all agree, or the inventory sets it.
 */
export function resolvConfOf(host: Host, { cluster, hosts }: Pick<Context, "cluster" | "hosts">): string | undefined {
  if ("resolvConf" in cluster.kubernetes.kubelet) return undefined;
  const { file } = host.fact(resolver);
  return hosts.some((other) => other.fact(resolver).file !== file) ? file : undefined;
}

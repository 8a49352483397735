import { anyManifest } from "./any-manifest.ts";
import { bridge } from "./bridge.ts";
import { calico } from "./calico.ts";
import type { Cni, PublishedManifest } from "./cni.ts";
import { flannel } from "./flannel.ts";
import { none } from "./none.ts";

export type { Cni } from "./cni.ts";

/** Every pod network by name. A new one is one file, and one word here. */
export const CNIS: readonly Cni[] = [bridge, flannel, calico, none];

/** Where the inventory sets neither `cni` nor `manifest`. */
export const DEFAULT_CNI = bridge;

/** The inventory's `network`, which names a pod network or a manifest. */
export type Network = { readonly cni: string } | { readonly manifest: string };

/** The pod network of a cluster. */
export function cniOf(network: Network): Cni {
  if ("manifest" in network) return anyManifest;
  const { cni } = network;
  return CNIS.find(({ name }) => name === cni) ?? none;
}

/** Its project's manifest for this minor version of Kubernetes; undefined where none is known for it. */
export function publishedManifest({ manifests }: Cni, minor: number): PublishedManifest | undefined {
  return manifests.find(({ from }) => minor >= from);
}

/** Whether an apply makes nodes Ready: without a pod network they stay NotReady, and Tripod waits for nothing that needs pods. */
export function makesNodesReady(network: Network): boolean {
  return cniOf(network).installedBy !== "nobody";
}

import { parseAllDocuments } from "yaml";
import { cniOf } from "../cni/index.ts";
import { imageRepository, sandboxImage } from "../config/images.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { artifactsFor, chosenOrigin } from "../phases/software.ts";
import { type Architecture, type Artifact, COMPONENTS } from "../releases/artifact.ts";
import { imageReference } from "../registry/reference.ts";
import { OFFICIAL } from "../releases/projects.ts";

/** A download: where this inventory fetches it from, and where its project publishes it, which is its name in a bundle. */
export interface Download {
  readonly source: Artifact;
  readonly official: Artifact;
}

/** The releases that a host may need, whatever it has: all components that the inventory does not take from packages or a folder. */
export function downloadsOf(cluster: Cluster, architecture: Architecture): Download[] {
  const released = COMPONENTS.filter((component) => (chosenOrigin(cluster, component) ?? "releases") === "releases");
  return released.flatMap((component) => {
    const official = artifactsFor(cluster, component, architecture, OFFICIAL);
    return artifactsFor(cluster, component, architecture).map((source, at) => ({
      source,
      official: official[at] ?? source,
    }));
  });
}

/** Its name in a bundle's list: as `network.cni` has it, or `manifest`. */
export function networkName({ network }: Cluster): string {
  return cniOf(network).name;
}

const CONTROL_PLANE = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];

/**
 * The images without which no cluster of this inventory works, complete names: those of Kubernetes as far as their names are known without
 * kubeadm, the pause image, and those of the pod network. None where the inventory has a folder of images.
 * @param manifest the text of the pod network's, if there is one
 */
export function neededImages({ kubernetes, containerd, software }: Cluster, manifest: string | undefined): string[] {
  if (software.images !== undefined) return [];
  const controlPlane = CONTROL_PLANE.map((name) => `${imageRepository(kubernetes)}/${name}:v${kubernetes.version}`);
  const sandbox = containerd.sandboxImage ?? sandboxImage(kubernetes);
  const names = [...controlPlane, sandbox, ...(manifest === undefined ? [] : imagesOfManifest(manifest))];
  return [...new Set(names.map((name) => imageReference(name).name))];
}

/** The images of all containers in a manifest. What an operator in it starts later is not known. @internal exported for its test */
export function imagesOfManifest(text: string): string[] {
  const found = new Set<string>();
  const search = (value: unknown, isContainer: boolean): void => {
    if (Array.isArray(value)) for (const each of value) search(each, isContainer);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (isContainer && key === "image" && typeof inner === "string") found.add(inner);
      search(inner, key === "containers" || key === "initContainers");
    }
  };
  for (const document of parseAllDocuments(text, { version: "1.1", logLevel: "silent" }))
    if ("errors" in document) search(document.toJS({ maxAliasCount: 100 }), false);
  return [...found];
}

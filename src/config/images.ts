import { TripodError } from "../errors.ts";
import type { KubernetesSettings } from "../inventory/cluster.ts";

/** Minor version of Kubernetes from which kubeadm names this pause image (its constants.PauseVersion), newest first. */
const PAUSE: readonly (readonly [minor: number, tag: string])[] = [
  [36, "3.10.2"],
  [34, "3.10.1"],
  [31, "3.10"],
  [26, "3.9"],
  [25, "3.8"],
  [24, "3.7"],
  [23, "3.6"],
  [22, "3.5"],
  [21, "3.4.1"],
  [20, "3.2"],
];

type Version = Pick<KubernetesSettings, "version" | "minor" | "imageRepository">;

/** The registry from which this version of kubeadm pulls its images, unless the inventory sets another. */
export function imageRepository({ minor, imageRepository }: Version): string {
  return imageRepository ?? (minor < 25 ? "k8s.gcr.io" : "registry.k8s.io");
}

/** The image that holds a pod's namespaces: the one kubeadm pulls, so that containerd does not pull a second. */
export function sandboxImage(kubernetes: Version): string {
  const tag = PAUSE.find(([from]) => kubernetes.minor >= from)?.[1];
  if (!tag)
    throw new TripodError(
      "E_INVENTORY",
      `Kubernetes ${kubernetes.version} is older than any version that Tripod supports`,
      {
        hint: "set `kubernetes.version` to 1.20 or later",
      },
    );
  return `${imageRepository(kubernetes)}/pause:${tag}`;
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { imagesIn } from "../bundle/content.ts";
import { kubeletDropIn, kubeletUnit } from "../config/kubelet.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import { image } from "../resources/image.ts";
import type { Resource } from "../resources/resource.ts";
import { enabled } from "../resources/enabled.ts";
import { isLeader } from "./leader.ts";
import { allHosts, type Context, type Phase, sameHost } from "./phase.ts";
import { bundledArchitecture, programPath, programs } from "./software.ts";
import { containerRuntime } from "./container-runtime.ts";
import { packages } from "./packages.ts";
import { preflight } from "./preflight/index.ts";

/** Images that only masters run; all others go to every host. */
const MASTER_IMAGES = /^kube-(apiserver|controller-manager|scheduler)\b/;

/**
 * kubeadm, kubelet, kubectl, unless packages installed them, and the images, where a folder or a bundle has them. These are by far the largest
 * uploads, and every other machine waits for the first master: so it is served first.
 */
export const firstKubernetes: Phase = {
  name: "first-kubernetes",
  title: "Kubernetes programs, first master",
  needs: [allHosts(preflight), sameHost(packages), sameHost(containerRuntime)],
  hosts: (situation) => situation.cluster.masters.filter((master) => isLeader(master, situation)),
  resources,
};

/** The same for all others, while the first master initializes. */
export const kubernetes: Phase = {
  name: "kubernetes",
  title: "Kubernetes programs, other machines",
  needs: [allHosts(preflight), sameHost(packages), sameHost(containerRuntime), allHosts(firstKubernetes)],
  hosts: (situation) => situation.cluster.machines.filter((machine) => !isLeader(machine, situation)),
  resources,
};

async function resources(host: Host, context: Context): Promise<Resource[]> {
  const { cluster } = context;
  const installed = await programs(host, context, "kubernetes");
  return [
    ...installed,
    // A package brings its unit.
    ...(installed.length > 0 ? unit(programPath(host, cluster, "kubernetes", "kubelet")) : []),
    enabled({ unit: "kubelet.service" }),
    directory({ path: "/etc/kubernetes", mode: 0o755 }),
    directory({ path: "/etc/kubernetes/manifests", mode: 0o755 }),
    ...images(host, cluster),
  ];
}

function unit(kubelet: string): Resource[] {
  const path = "/etc/systemd/system/kubelet.service";
  return [
    directory({ path: `${path}.d`, mode: 0o755 }),
    file({ path, content: kubeletUnit(kubelet), mode: 0o644 }),
    file({ path: `${path}.d/10-kubeadm.conf`, content: kubeletDropIn(kubelet), mode: 0o644 }),
  ];
}

function images(host: Host, cluster: Cluster): Resource[] {
  const needed = ({ name }: Archive) =>
    host.machine.role === "master" || !MASTER_IMAGES.test(name.replace(/^.*\//, ""));
  return [...inFolder(cluster), ...inBundle(host, cluster)].filter(needed).map(image);
}

interface Archive {
  readonly archive: string;
  readonly name: string;
}

function inFolder({ software: { images: folder } }: Cluster): Archive[] {
  if (!folder) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".tar"));
  return names.toSorted().map((name) => ({ archive: join(folder, name), name: name.replace(/\.tar$/, "") }));
}

function inBundle(host: Host, { software: { bundle } }: Cluster): Archive[] {
  if (!bundle) return [];
  const architecture = bundledArchitecture(host, bundle);
  return imagesIn(bundle.content, architecture).map(({ path, image: name }) => ({
    archive: join(bundle.folder, path),
    name,
  }));
}

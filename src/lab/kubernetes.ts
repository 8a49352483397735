import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Progress } from "./cache.ts";
import { DEBIAN_VERSION, debianKubernetes, debianKubernetesPlace } from "./debian-kubernetes.ts";
import { local } from "./local.ts";
import {
  officialKubernetes,
  officialKubernetesPlace,
  officialReleaseAnswers,
  PROGRAMS,
} from "./official-kubernetes.ts";
import { labScript } from "./scripts.ts";

/**
 * A folder with the programs of the inventory's version of Kubernetes: the given one; else one from the cache; else the official release;
 * else, if that cannot be reached, Debian's source package.
 * @throws TripodError E_LAB with what to do
 */
export async function kubernetesFolder(cluster: Cluster, given: string | undefined, work: Progress): Promise<string> {
  const { version } = cluster.kubernetes;
  mustHaveAll(cluster, given);
  const folder = given ?? cluster.software.binaries;
  if (folder !== undefined) {
    await mustBeVersion(folder, version);
    return folder;
  }
  const debian = version === DEBIAN_VERSION;
  const places = [officialKubernetesPlace(version), ...(debian ? [await debianKubernetesPlace()] : [])];
  const there = places.find((place) => existsSync(place));
  if (there !== undefined) return there;
  if (await officialReleaseAnswers(version, work.signal)) return officialKubernetes(version, work);
  if (debian) return debianKubernetes(work);
  throw new TripodError("E_LAB", `the official release of Kubernetes ${version} cannot be reached from here`, {
    why: `the only alternative, Debian's source package, is version ${DEBIAN_VERSION}`,
    hint: `use --binaries DIR with a folder that contains ${PROGRAMS.join(", ")}`,
  });
}

/** Debian 12's etcd is too old for later ones. */
const NEWEST_WITH_DEBIANS_ETCD = 30;

/**
 * Refuses an inventory that needs programs which neither a release of Kubernetes nor Debian contains, unless there is a folder of programs.
 * @throws TripodError E_LAB
 */
export function mustHaveAll({ kubernetes, software }: Cluster, given: string | undefined): void {
  if ((given ?? software.binaries) !== undefined) return;
  const { version, minor, skipPhases } = kubernetes;
  const withDns = !skipPhases.some((phase) => phase === "addon" || phase === "addon/coredns");
  const missing = [...(minor > NEWEST_WITH_DEBIANS_ETCD ? ["etcd", "etcdctl"] : []), ...(withDns ? ["coredns"] : [])];
  if (missing.length === 0) return;
  throw new TripodError("E_LAB", `the official release of Kubernetes ${version} has no ${missing.join(", ")}`, {
    hint:
      `use --binaries DIR with a folder that contains ${[...PROGRAMS, ...missing].join(", ")}` +
      (withDns ? "; coredns is not needed with `skipPhases: [addon/coredns]`" : ""),
  });
}

async function mustBeVersion(folder: string, version: string): Promise<void> {
  const missing = PROGRAMS.filter((program) => !existsSync(join(folder, program)));
  if (missing.length > 0)
    throw new TripodError("E_LAB", `${folder} has no ${missing.join(", ")}`, {
      hint: `the lab's images need all of ${PROGRAMS.join(", ")}: add what is missing`,
    });
  const found = (await local([join(folder, "kubeadm"), "version", "--output=short"])).trim();
  if (found !== `v${version}`)
    throw new TripodError("E_LAB", `${folder} has Kubernetes ${found}, but the inventory sets ${version}`, {
      hint: "use a folder with that version, or change kubernetes.version",
    });
}

/** The programs that Tripod uploads; the others run in containers. */
const UPLOADED = ["kubeadm", "kubelet", "kubectl", "crictl", "etcd", "etcdctl", "etcdutl", "cni"];

/** Fills the lab's own folder of programs: links to the given one, and our own crictl if an old kubeadm requires one. */
export async function linkBinaries(from: string, to: string, minor: number): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const there = (await readdir(from)).filter((name) => UPLOADED.includes(name));
  for (const name of there) await symlink(join(from, name), join(to, name));
  if (minor >= 30 || there.includes("crictl")) return;
  await copyFile(labScript("crictl.sh"), join(to, "crictl"));
  await chmod(join(to, "crictl"), 0o755);
}

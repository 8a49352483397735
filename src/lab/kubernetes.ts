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
 * A folder with the programs of the inventory's version of Kubernetes: the one that was given; else the official release; else, where that
 * cannot be reached, Debian's source package. What is in the cache is asked first.
 * @throws TripodError E_LAB with what to do
 */
export async function kubernetesFolder(cluster: Cluster, given: string | undefined, work: Progress): Promise<string> {
  const { version } = cluster.kubernetes;
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
    why: `without it, Debian's source package would do, which is ${DEBIAN_VERSION}`,
    hint: `say --binaries DIR, a folder with ${PROGRAMS.join(", ")}`,
  });
}

async function mustBeVersion(folder: string, version: string): Promise<void> {
  const missing = PROGRAMS.filter((program) => !existsSync(join(folder, program)));
  if (missing.length > 0)
    throw new TripodError("E_LAB", `${folder} has no ${missing.join(", ")}`, {
      hint: `the lab makes its machines' images out of it: it takes all of ${PROGRAMS.join(", ")}`,
    });
  const found = (await local([join(folder, "kubeadm"), "version", "--output=short"])).trim();
  if (found !== `v${version}`)
    throw new TripodError("E_LAB", `${folder} has Kubernetes ${found}, and the inventory says ${version}`, {
      hint: "give the folder of that version, or change kubernetes.version",
    });
}

/** What Tripod uploads of such a folder; the others run in containers. */
const UPLOADED = ["kubeadm", "kubelet", "kubectl", "crictl", "etcd", "etcdctl", "etcdutl", "cni"];

/** Fills the lab's own folder of programs: links to the given one, and where kubeadm is so old that it wants crictl, ours. */
export async function linkBinaries(from: string, to: string, minor: number): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const there = (await readdir(from)).filter((name) => UPLOADED.includes(name));
  for (const name of there) await symlink(join(from, name), join(to, name));
  if (minor >= 30 || there.includes("crictl")) return;
  await copyFile(labScript("crictl.sh"), join(to, "crictl"));
  await chmod(join(to, "crictl"), 0o755);
}

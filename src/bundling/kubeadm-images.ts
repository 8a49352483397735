import { chmod, copyFile } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { lastLines } from "../last-lines.ts";
import { artifactsFor } from "../phases/software.ts";
import { runProgram } from "../process.ts";
import { type Architecture, ARCHITECTURES } from "../releases/artifact.ts";
import type { Fetcher } from "./fetcher.ts";

/** Kubernetes' etcd runs in a pod; Tripod's is a unit. */
const NOT_USED = /\/etcd:/;

/**
 * The images that kubeadm of this version will ask for. The program itself is asked: its list has versions, such as CoreDNS's, that change
 * with its patch releases. It is the verified release for this machine, and answers without a network.
 * @param place where it can be written, absolute
 * @throws TripodError E_LOCAL where this machine cannot run it
 */
export async function kubeadmImages(cluster: Cluster, place: string, fetcher: Fetcher): Promise<string[]> {
  const { version, imageRepository } = cluster.kubernetes;
  const [kubeadm] = artifactsFor(cluster, "kubernetes", architectureOfThisMachine());
  if (kubeadm?.name !== "kubeadm") throw new Error("kubeadm is not the first of Kubernetes' releases");
  await copyFile((await fetcher.release(kubeadm)).path, place);
  await chmod(place, 0o755);
  const repository = imageRepository === undefined ? [] : [`--image-repository=${imageRepository}`];
  const argv = [place, "config", "images", "list", `--kubernetes-version=v${version}`, ...repository];
  const { code, stdout, stderr } = await runProgram(argv, { signal: fetcher.signal });
  if (code !== 0)
    throw new TripodError("E_LOCAL", `kubeadm ${version} does not list its images on this machine`, {
      why: lastLines(stderr),
      hint: "check that programs can be run from Tripod's cache folder (XDG_CACHE_HOME), and not only from elsewhere",
    });
  return stdout.split("\n").filter((name) => name !== "" && !NOT_USED.test(name));
}

function architectureOfThisMachine(): Architecture {
  const name = process.arch === "x64" ? "amd64" : process.arch;
  const found = ARCHITECTURES.find((each) => each === name);
  if (found !== undefined && process.platform === "linux") return found;
  throw new TripodError("E_LOCAL", `kubeadm does not run on this machine (${process.platform}/${name})`, {
    why: "it is asked which images its Kubernetes needs, and is released for Linux only",
    hint: "make the bundle on a Linux machine (amd64 or arm64), or in a container; it can be used anywhere",
  });
}

import { existsSync } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "../inventory/cluster.ts";
import { cached, discard, type Progress } from "./cache.ts";
import { packImage } from "./image-archive.ts";
import { local } from "./local.ts";
import { labScript, labScriptText } from "./scripts.ts";

/** Answers on port 8080 with the name of its pod; used by `verify`. */
export const WORKLOAD_IMAGE = "tripod.local/workload:1";

const SERVE = "mkdir -p /www && hostname >/www/index.html && exec httpd -f -p 8080 -h /www";

/** The containers' programs, by the last part of an image's name; other images are not created. */
const ENTRYPOINTS: Readonly<Record<string, readonly string[]>> = {
  "kube-apiserver": ["/usr/local/bin/kube-apiserver"],
  "kube-controller-manager": ["/usr/local/bin/kube-controller-manager"],
  "kube-scheduler": ["/usr/local/bin/kube-scheduler"],
  "kube-proxy": ["/usr/local/bin/kube-proxy"],
  coredns: ["/coredns"],
  pause: ["/pause", "-P"],
  workload: ["/bin/sh", "-c", SERVE],
};

/**
 * If a folder has no coredns, an image that does nothing gets its name: otherwise each step of kubeadm on a master would look for it on
 * the internet for ten seconds, even if the addon is skipped.
 */
const STAND_INS: Readonly<Record<string, string>> = { coredns: "pause" };

/**
 * Images of these programs under the names this kubeadm asks for, as archives for `ctr images import`. A folder in the cache.
 * @param programs a folder with all of Kubernetes
 * @param rootfs a root file system of flavour `ready`, for other programs of the images
 */
export async function imagesFolder(
  { kubernetes }: Cluster,
  programs: string,
  rootfs: string,
  work: Progress,
): Promise<string> {
  const names = [...(await kubeadmImages(kubernetes, programs)), WORKLOAD_IMAGE];
  const scripts = await labScriptText("image-roots.sh");
  const madeOf = { names, ENTRYPOINTS, STAND_INS, scripts, rootfs, programs: await stamps(programs) };
  return cached(`images-${kubernetes.version}`, madeOf, work, async (folder) => {
    work.progress(`creating images of Kubernetes ${kubernetes.version}`);
    const roots = join(folder, "roots");
    await mkdir(roots);
    await local(["sh", labScript("image-roots.sh"), programs, rootfs, roots], {
      signal: work.signal,
      failing: "collecting the images' files failed",
    });
    for (const name of names) {
      const short = name.replace(/^.*\//, "").replace(/:.*$/, "");
      const known = existsSync(join(roots, short)) ? short : STAND_INS[short];
      const entrypoint = ENTRYPOINTS[known ?? ""];
      if (!known || !entrypoint) continue;
      const root = join(roots, known);
      await packImage(name, root, { entrypoint }, join(folder, `${short}.tar`));
    }
    await discard(roots);
  });
}

async function kubeadmImages({ version, imageRepository }: Cluster["kubernetes"], programs: string): Promise<string[]> {
  const repository = imageRepository === undefined ? [] : [`--image-repository=${imageRepository}`];
  const list = ["config", "images", "list", `--kubernetes-version=v${version}`, ...repository];
  const names = await local([join(programs, "kubeadm"), ...list], { failing: "`kubeadm config images list` failed" });
  return names.split("\n").filter((name) => name !== "");
}

/** Identifies a folder of programs without reading half a gigabyte. */
async function stamps(folder: string): Promise<[string, number, number][]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return [name, size, mtimeMs] as [string, number, number];
    }),
  );
}

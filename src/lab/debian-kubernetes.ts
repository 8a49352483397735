import { copyFile, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { privateApt } from "./apt.ts";
import { cached, cachePlace, discard, type Progress } from "./cache.ts";
import { isolated } from "./isolated.ts";
import { local } from "./local.ts";
import { rootFileSystem } from "./rootfs.ts";
import { labScript, labScriptText } from "./scripts.ts";

/** The only release of Debian whose `kubernetes` source package contains all of Kubernetes, and its version. */
const RELEASE = "bookworm";
export const DEBIAN_VERSION = "1.20.2";

async function madeOf(): Promise<unknown> {
  return { version: DEBIAN_VERSION, script: await labScriptText("build-kubernetes.sh") };
}

const NAME = `kubernetes-${DEBIAN_VERSION}-debian`;

/** The folder of the programs, whether or not it exists. */
export async function debianKubernetesPlace(): Promise<string> {
  return cachePlace(NAME, await madeOf());
}

/** Kubernetes built from Debian's own source package, in a chroot: nothing is installed on this machine. A folder in the cache. */
export async function debianKubernetes(work: Progress): Promise<string> {
  return cached(NAME, await madeOf(), work, async (folder) => {
    const build = join(folder, "build");
    await mkdir(build);
    await fetchSource(build, work);
    const builder = await rootFileSystem(RELEASE, "builder", work);
    work.progress(`building Kubernetes ${DEBIAN_VERSION} from Debian's source package (about six minutes, once)`);
    await copyFile(labScript("build-kubernetes.sh"), join(build, "build-kubernetes.sh"));
    const inBuilder =
      'mount --bind "$1" "$2/build" && mount -t proc proc "$2/proc" && exec chroot "$2" sh /build/build-kubernetes.sh "$3"';
    await isolated(["nice", "sh", "-c", inBuilder, "sh", build, builder, DEBIAN_VERSION], {
      signal: work.signal,
      failing: "building Kubernetes from Debian's source package failed",
      hint: "use a folder of Kubernetes programs instead: --binaries DIR",
    });
    for (const name of await readdir(join(build, "out"))) await rename(join(build, "out", name), join(folder, name));
    await discard(build);
  });
}

async function fetchSource(folder: string, { progress, signal }: Progress): Promise<void> {
  progress("fetching Debian's source package of Kubernetes");
  const apt = await privateApt(join(folder, "apt"), RELEASE);
  const failing = "fetching Debian's source package of Kubernetes failed";
  const hint = "use a folder of Kubernetes programs instead: --binaries DIR";
  await local([...apt, "update"], { signal, failing, hint });
  const fetch = [...apt, "source", "--download-only", "kubernetes"];
  await local(["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", folder, ...fetch], { signal, failing, hint });
  const description = (await readdir(folder)).find((name) => name.endsWith(".dsc")) ?? "";
  if (!description.includes(DEBIAN_VERSION))
    throw new TripodError("E_LAB", `Debian's source package of Kubernetes is not ${DEBIAN_VERSION}: ${description}`, {
      hint,
    });
}

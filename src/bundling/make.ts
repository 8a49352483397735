import { setMaxListeners } from "node:events";
import { writeFile } from "node:fs/promises";
import { downloadPath, FORMAT, imagePath, MANIFEST_FILE } from "../bundle/content.ts";
import { type BundleDraft, drafting, type WrittenBundle } from "../bundle/write.ts";
import { workloadImage } from "../drills/objects.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { shownSource } from "../inventory/shown.ts";
import { manifestOf, readManifest } from "../phases/manifest-text.ts";
import { versionsOf } from "../phases/software.ts";
import { archiveImage } from "../registry/archive.ts";
import { imageReference } from "../registry/reference.ts";
import type { Architecture } from "../releases/artifact.ts";
import { interruptible } from "../remote/interruptible.ts";
import { type Fetcher, fetcherFor } from "./fetcher.ts";
import { kubeadmImages } from "./kubeadm-images.ts";
import { type Download, downloadsOf, neededImages, networkName } from "./needs.ts";

export interface MakeOptions {
  /** Absolute. It is complete, or not there. */
  readonly output: string;
  /** Of the hosts; at least one. */
  readonly architectures: readonly [Architecture, ...Architecture[]];
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Everything that an inventory needs from the internet, in one file: the releases of its programs, its images, and the manifest of its pod
 * network. No host is contacted. The same content gives the same bytes.
 * @throws TripodError E_LOCAL where something cannot be fetched or written, E_REFUSED where something does not have its digest, E_INTERRUPTED
 */
export function makeBundle(cluster: Cluster, options: MakeOptions): Promise<WrittenBundle> {
  const { output, architectures, progress } = options;
  return interruptible(options.signal, (signal) =>
    drafting(output, async (draft) => {
      // Aborted by the first failure too: it ends all others.
      const all = new AbortController();
      setMaxListeners(0, all.signal);
      signal.addEventListener("abort", () => all.abort(signal.reason), { once: true });
      const fetcher = await fetcherFor(cluster, all.signal, progress);
      const manifest = await addManifest(draft, cluster, fetcher);
      const names = await imageNames(cluster, manifest, draft.place("kubeadm"), fetcher);
      const work = architectures.flatMap((each) => [
        ...downloadsOf(cluster, each).map((download) => addRelease(draft, download, fetcher)),
        ...names.map((name) => addImage(draft, name, each, fetcher)),
      ]);
      for (const each of work) each.catch((error: unknown) => all.abort(error));
      // None of them may still write when the preparation is removed.
      await Promise.allSettled(work);
      all.signal.throwIfAborted();
      progress(`writing ${output}`);
      return draft.finish(aboutOf(cluster, architectures), signal);
    }),
  );
}

function aboutOf(cluster: Cluster, architectures: readonly Architecture[]) {
  return {
    format: FORMAT,
    kubernetes: cluster.kubernetes.version,
    architectures: [...architectures].toSorted(),
    network: networkName(cluster),
    versions: versionsOf(cluster),
  } as const;
}

/** @returns the manifest's text, wherever it comes from; a file of the operator's own is not put into the bundle */
async function addManifest(draft: BundleDraft, cluster: Cluster, fetcher: Fetcher): Promise<string | undefined> {
  const from = manifestOf(cluster);
  if (!from) return undefined;
  const bytes = await readManifest(cluster, from, fetcher);
  if (from.manifest.startsWith("https://")) {
    const file = draft.place(MANIFEST_FILE);
    await writeFile(file, bytes);
    await draft.add({ path: MANIFEST_FILE, from: shownSource(from.manifest) }, file);
  }
  return bytes.toString();
}

async function addRelease(draft: BundleDraft, { source, official }: Download, fetcher: Fetcher): Promise<void> {
  const { path } = await fetcher.release(source);
  await draft.add({ path: downloadPath(official.url), from: source.url }, path);
}

/** Those of kubeadm, the pod network and the drill; none where the inventory has a folder of images. */
async function imageNames(
  cluster: Cluster,
  manifest: string | undefined,
  kubeadm: string,
  fetcher: Fetcher,
): Promise<string[]> {
  if (cluster.software.images !== undefined) return [];
  const asked = await kubeadmImages(cluster, kubeadm, fetcher);
  const all = [...neededImages(cluster, manifest), ...asked, workloadImage(cluster)];
  return [...new Set(all.map((name) => imageReference(name).name))];
}

async function addImage(draft: BundleDraft, name: string, architecture: Architecture, fetcher: Fetcher): Promise<void> {
  const pulled = await fetcher.image(name, architecture);
  const path = imagePath(name, architecture);
  const file = draft.place(path);
  await archiveImage(pulled, file, fetcher.signal);
  const from = name.includes("@") ? name : `${name}@${pulled.top.digest}`;
  await draft.add({ path, from, image: name }, file);
}

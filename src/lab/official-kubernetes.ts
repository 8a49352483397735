import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { fileDigest } from "../file-digest.ts";
import { fetchFailure, httpsGet, readWhole } from "../https.ts";
import { fetchToFile } from "../releases/download.ts";
import { cached, cachePlace, type Progress } from "./cache.ts";

/** All programs of a node and its control plane. */
export const PROGRAMS = [
  ...["kubeadm", "kubelet", "kubectl"],
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"],
];

/** Where the project publishes its releases: https://kubernetes.io/releases/download/ */
const SITE = "https://dl.k8s.io";
const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;

/** ms until a network that drops all packets is considered unreachable. */
const TIMEOUT = 5_000;

/** The folder of the programs, whether or not it exists. */
export function officialKubernetesPlace(version: string): string {
  return cachePlace(`kubernetes-${version}-official`, madeOf(version));
}

function madeOf(version: string): unknown {
  return { version, architecture: ARCHITECTURE };
}

/**
 * Whether the release can be downloaded from here.
 * @throws TripodError E_LAB if the site reports that the release does not exist
 */
export async function officialReleaseAnswers(version: string, signal?: AbortSignal, site = SITE): Promise<boolean> {
  const timeout = AbortSignal.timeout(TIMEOUT);
  const answer = await fetch(`${folderOf(version, site)}/kubeadm.sha256`, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch(() => undefined);
  signal?.throwIfAborted();
  await answer?.body?.cancel();
  if (answer?.status === 404)
    throw new TripodError("E_LAB", `Kubernetes ${version} has no official release for ${ARCHITECTURE}`, {
      hint: "choose one of https://kubernetes.io/releases/",
    });
  return answer?.ok ?? false;
}

/** The official release, each file's SHA-256 compared with the published one. A folder in the cache. */
export async function officialKubernetes(version: string, work: Progress, site = SITE): Promise<string> {
  return cached(`kubernetes-${version}-official`, madeOf(version), work, async (folder) => {
    work.progress(`downloading Kubernetes ${version}`);
    const from = folderOf(version, site);
    const failed = new AbortController();
    const signal = work.signal ? AbortSignal.any([work.signal, failed.signal]) : failed.signal;
    const downloads = PROGRAMS.map((program) =>
      download(`${from}/${program}`, join(folder, program), signal).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    );
    // All downloads must have ended before the folder is removed.
    await Promise.allSettled(downloads);
    await Promise.all(downloads);
  });
}

function folderOf(version: string, site: string): string {
  return `${site}/v${version}/bin/linux/${ARCHITECTURE}`;
}

async function download(url: string, file: string, signal = new AbortController().signal): Promise<void> {
  try {
    const sum = await httpsGet(`${url}.sha256`, { signal });
    const published = (await readWhole(sum.body, 1)).toString().trim();
    await fetchToFile(url, file, { signal, progress: () => undefined });
    await chmod(file, 0o755);
    const found = await fileDigest(file);
    if (found !== published) throw new Error(`its SHA-256 is ${found}, but the published one is ${published}`);
  } catch (cause) {
    signal.throwIfAborted();
    throw new TripodError("E_LAB", `downloading ${url} failed`, {
      why: fetchFailure(cause),
      hint: "try again, or use a folder of Kubernetes programs: --binaries DIR",
      cause,
    });
  }
}

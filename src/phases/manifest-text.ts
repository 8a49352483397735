import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { MANIFEST_FILE } from "../bundle/content.ts";
import { TripodError } from "../errors.ts";
import { cniOf, publishedManifest } from "../cni/index.ts";
import { type Access, fetchFailure, httpsGet, readWhole } from "../https.ts";
import type { Cluster, ManifestNetwork } from "../inventory/cluster.ts";
import { shownSource } from "../inventory/shown.ts";
import { manifestObjects } from "../resources/manifest-objects.ts";
import { type Context, onceKey } from "./phase.ts";

const MANIFEST = onceKey<string>("manifest");

/** MiB; the largest manifest of a pod network that we know of has 1 MiB. */
const LARGEST = 10;
/** Deadline of the whole download, ms. */
const WITHIN = 30_000;

/** The manifest that installs a cluster's pod network: the inventory's, or the one that the network's project publishes; undefined: none does. */
export function manifestOf({ network, kubernetes }: Cluster): ManifestNetwork | undefined {
  if ("manifest" in network) return network;
  const published = publishedManifest(cniOf(network), kubernetes.minor);
  return published && { manifest: published.url, sha256: published.sha256 };
}

/**
 * The text of the pod network's manifest, read once a run, so that what preflight checked is what is applied; with the cluster's pod subnet,
 * where the network's own manifest has to contain it.
 * @throws TripodError E_LOCAL where it cannot be read or is not YAML, E_REFUSED where it does not have the digest that it must have
 */
export function manifestText(context: Context, from: ManifestNetwork): Promise<string> {
  const { once, signal, cluster } = context;
  return once(MANIFEST, async () => {
    const { bundle } = cluster.software;
    const bundled = bundle && from.manifest.startsWith("https://") ? join(bundle.folder, MANIFEST_FILE) : undefined;
    const bytes = await readManifest(cluster, from, { signal }, bundled);
    const name = shownSource(from.manifest);
    const text = cniOf(cluster.network).adapted?.(bytes.toString(), cluster.kubernetes.podSubnet) ?? bytes.toString();
    // Refused here, before anything is changed.
    manifestObjects(name, text);
    return text;
  });
}

function otherDigest({ network }: Cluster, { manifest, sha256 = "" }: ManifestNetwork, found: string): TripodError {
  const ours = "manifest" in network;
  const whose = ours ? "the inventory's digest" : "the digest that Tripod knows of it";
  return new TripodError("E_REFUSED", `the manifest ${shownSource(manifest)} does not match ${whose}`, {
    why: `${ours ? "network.sha256:  " : "the known digest:"} ${sha256}\nthe manifest's:   ${found}`,
    hint: ours
      ? "check what has changed in the manifest; if the change is wanted, set `network.sha256` to the new digest"
      : "somebody on the way may have replaced it: do not use it. With a copy that you trust, set `network.manifest` to its path, instead of `cni`",
  });
}

/**
 * The manifest of a cluster's pod network as it is published, from a file or an https:// URL.
 * @param at where it is instead, absolute
 * @throws TripodError E_LOCAL where it cannot be read, E_REFUSED where it does not have the digest that it must have
 */
export async function readManifest(
  cluster: Cluster,
  from: ManifestNetwork,
  access: Access,
  at = from.manifest,
): Promise<Buffer> {
  const bytes = await read(at, access);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (from.sha256 !== undefined && from.sha256 !== found) throw otherDigest(cluster, from, found);
  return bytes;
}

async function read(from: string, { signal: stop, ca }: Access): Promise<Buffer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(WITHIN)]);
  try {
    const remote = from.startsWith("https://");
    return await readWhole(
      remote ? (await httpsGet(from, { signal, ca })).body : createReadStream(from, { signal }),
      LARGEST,
    );
  } catch (cause) {
    // Ctrl-C is not the manifest's fault.
    stop.throwIfAborted();
    throw new TripodError("E_LOCAL", `cannot read the manifest ${shownSource(from)}`, {
      why: fetchFailure(cause),
      hint: "correct `network.manifest`; where this machine does not reach the address, save the manifest to a file and set `network.manifest` to its path (instead of `cni`)",
      cause,
    });
  }
}

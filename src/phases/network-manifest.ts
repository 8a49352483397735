import { readFile } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import { manifest } from "../resources/manifest.ts";
import { isLeader, leader } from "./leader.ts";
import { allHosts, type Phase } from "./phase.ts";

/** A pod network that comes as a manifest: applied as soon as there is an API, while the others still join. */
export const networkManifest: Phase = {
  name: "network-manifest",
  title: "Pod network's manifest",
  needs: [allHosts("first-master")],
  hosts: (situation) =>
    "manifest" in situation.cluster.network
      ? situation.cluster.masters.filter((master) => isLeader(master, situation))
      : [],
  async resources(_, context) {
    const { network } = context.cluster;
    if (!("manifest" in network)) return [];
    return [
      manifest({
        leader: leader(context),
        name: network.manifest,
        text: await fetchText(network.manifest, context.signal),
      }),
    ];
  },
};

async function fetchText(from: string, signal: AbortSignal): Promise<string> {
  try {
    if (!/^https?:/.test(from)) return await readFile(from, "utf8");
    const response = await fetch(from, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await response.text();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TripodError("E_LOCAL", `cannot read the manifest ${from}`, {
      why,
      hint: "mend `network.manifest`, or save the manifest to a file and name that",
      cause,
    });
  }
}

import { shownSource } from "../inventory/shown.ts";
import { manifest } from "../resources/manifest.ts";
import { isLeader, leader } from "./leader.ts";
import { manifestText } from "./manifest-text.ts";
import { allHosts, type Phase } from "./phase.ts";
import { firstMaster } from "./first-master.ts";

/** A pod network that is installed from a manifest: applied as soon as the API answers, while other machines still join. */
export const networkManifest: Phase = {
  name: "network-manifest",
  title: "Pod network manifest",
  needs: [allHosts(firstMaster)],
  hosts: (situation) =>
    "manifest" in situation.cluster.network
      ? situation.cluster.masters.filter((master) => isLeader(master, situation))
      : [],
  async resources(_, context) {
    const { network } = context.cluster;
    if (!("manifest" in network)) return [];
    const text = await manifestText(context, network);
    return [manifest({ leader: leader(context), name: shownSource(network.manifest), text })];
  },
};

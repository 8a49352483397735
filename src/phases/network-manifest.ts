import { shownSource } from "../inventory/shown.ts";
import { manifest } from "../resources/manifest.ts";
import { isLeader, leader } from "./leader.ts";
import { manifestOf, manifestText } from "./manifest-text.ts";
import { allHosts, type Phase } from "./phase.ts";
import { firstMaster } from "./first-master.ts";

/**
 * A pod network that is installed from a manifest: applied as soon as the API answers, while other machines still join.
 * The phase Health waits until its pods run on all of them.
 */
export const networkManifest: Phase = {
  name: "network-manifest",
  title: "Pod network manifest",
  needs: [allHosts(firstMaster)],
  hosts: (situation) =>
    manifestOf(situation.cluster) ? situation.cluster.masters.filter((master) => isLeader(master, situation)) : [],
  async resources(_, context) {
    const from = manifestOf(context.cluster);
    if (!from) return [];
    const text = await manifestText(context, from);
    return [manifest({ leader: leader(context), name: shownSource(from.manifest), text })];
  },
};

import { isLeader } from "../leader.ts";
import { manifestText } from "../manifest-text.ts";
import type { Check } from "./check.ts";

/** The pod network's manifest can be read, and matches the inventory's digest. Throws E_LOCAL or E_REFUSED where not. */
export const manifestReadable: Check = {
  name: "manifest",
  title: "the pod network's manifest can be read, and matches its digest",
  async examine(host, context) {
    const { network } = context.cluster;
    if ("manifest" in network && isLeader(host, context)) await manifestText(context, network);
    return [];
  },
};

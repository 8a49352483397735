import { isLeader } from "../leader.ts";
import { manifestOf, manifestText } from "../manifest-text.ts";
import type { Check } from "./check.ts";

/** The pod network's manifest can be read, contains Kubernetes objects, and has the digest that it must have. Throws E_LOCAL or E_REFUSED where not. */
export const manifestReadable: Check = {
  name: "manifest",
  title: "The pod network's manifest can be read, and matches its digest",
  async examine(host, context) {
    const from = manifestOf(context.cluster);
    if (from && isLeader(host, context)) await manifestText(context, from);
    return [];
  },
};

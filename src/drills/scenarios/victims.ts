import type { Host } from "../../host.ts";

/** The last host that is none of these: VIP and leaders are mostly on the first masters. */
export function otherThan(hosts: readonly Host[], ...not: readonly Host[]): Host | undefined {
  return hosts.findLast((host) => !not.includes(host));
}

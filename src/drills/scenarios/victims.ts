import type { Host } from "../../host.ts";

/** The last one that is not this: the first masters are the ones that are expected to hold things. */
export function otherThan(hosts: readonly Host[], ...not: readonly Host[]): Host | undefined {
  return hosts.findLast((host) => !not.includes(host));
}

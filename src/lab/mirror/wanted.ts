import type { SoftwareSettings } from "../../inventory/cluster.ts";

/** Whether something of this inventory comes from releases. */
export function wantsReleases({ from }: SoftwareSettings): boolean {
  return (
    from === undefined || (typeof from === "string" ? from === "releases" : Object.values(from).includes("releases"))
  );
}

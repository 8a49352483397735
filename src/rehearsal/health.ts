import { TripodError } from "../errors.ts";
import type { Status } from "../status.ts";

/** `rehearsal: 5/5 nodes Ready, VIP on m1, etcd 3/3 healthy, 87 s` */
export function healthLine({ nodes, vipHolders, etcd }: Status, seconds: number): string {
  const ready = nodes.filter((node) => node.ready === true).length;
  const healthy = etcd.filter(({ member }) => typeof member !== "string").length;
  const vip = vipHolders.length > 0 ? `on ${vipHolders.join(" and ")}` : "on no master";
  return `rehearsal: ${ready}/${nodes.length} nodes Ready, VIP ${vip}, etcd ${healthy}/${etcd.length} healthy, ${Math.round(seconds)} s`;
}

/**
 * @param line the health line
 * @throws TripodError E_NOT_CONVERGED if the cluster is not healthy
 */
export function mustBeHealthy({ healthy }: Status, line: string): void {
  if (healthy) return;
  throw new TripodError("E_NOT_CONVERGED", "the cluster is unhealthy after the apply", {
    why: line,
    hint: "rehearse with --keep to leave the machines running; `tripod status --lab -i FILE` shows each part",
  });
}

import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import type { Condition } from "../condition.ts";
import { safeLine } from "../resources/journal.ts";
import { kubectl } from "../resources/kubectl.ts";

/** A Lease that is renewed shows that its holder runs: every kubelet, and the leaders among the control plane's programs. */
export interface Lease {
  /** `namespace/name` */
  readonly key: string;
  readonly holder: string;
  /** ms since it was renewed, by the clock of the master that was asked */
  readonly age: number;
  /** ms; a kubelet renews four times in it */
  readonly duration: number;
}

const FIELDS = [".metadata.namespace", ".metadata.name", ".spec.renewTime", ".spec.leaseDurationSeconds"];
const LINES = `{range .items[*]}${FIELDS.map((field) => `{${field}}{" "}`).join("")}{.spec.holderIdentity}{"\\n"}{end}`;

/** All Leases of the cluster, through the API server of this master, or why it does not answer. */
export async function readLeases(master: Host): Promise<readonly Lease[] | string> {
  const { code, stdout, stderr } = await master.read(
    `date +%s%3N; ${kubectl(master, `get leases --all-namespaces -o jsonpath='${LINES}'`)}`,
  );
  if (code !== 0) return lastLine(stderr, "the API server does not answer");
  const [now = "", ...lines] = stdout.trim().split("\n");
  // Without the time no Lease would ever be too old.
  if (!/^\d{13}$/.test(now)) return `the output of \`date\` on ${master.name} cannot be parsed: ${safeLine(now)}`;
  return lines.flatMap((line) => {
    const [namespace = "", name = "", renewed = "", seconds, holder = ""] = line.split(" ");
    const at = Date.parse(renewed);
    if (Number.isNaN(at)) return [];
    return [{ key: `${namespace}/${name}`, holder, age: Number(now) - at, duration: Number(seconds) * 1000 }];
  });
}

/**
 * Seconds since a node's kubelet last renewed its Lease; undefined where it renewed it in time. It renews every ten seconds, a quarter of
 * the Lease's duration; two missed renewals mean that something is wrong, long before the API reports the node as NotReady.
 */
export function renewalOverdue(node: string, leases: readonly Lease[]): number | undefined {
  const lease = leases.find(({ key }) => key === `kube-node-lease/${node}`);
  return lease && lease.age > lease.duration / 2 ? Math.round(lease.age / 1000) : undefined;
}

/** The programs of the control plane that elect a leader. */
export const CONTROLLERS = ["kube-controller-manager", "kube-scheduler"] as const;

/** Whether one of them leads: `true`, or since when its Lease was not renewed. Its Lease lasts 15 s, and is renewed every two. */
export function leads(controller: string, leases: readonly Lease[]): true | string {
  const lease = leases.find(({ key }) => key === `kube-system/${controller}`);
  if (!lease) return "no leader has ever been elected";
  if (lease.age <= 2 * lease.duration) return true;
  const leader = lease.holder.split("_")[0] || "an unknown machine";
  return `the last leader, ${leader}, has not renewed its Lease for ${Math.round(lease.age / 1000)} s`;
}

/** A controller manager and a scheduler lead. */
export function controllersLead(leader: Host): Condition {
  return {
    title: "the controller manager and the scheduler have a leader",
    within: 120_000,
    async holds() {
      const leases = await readLeases(leader);
      if (typeof leases === "string") return leases;
      return (
        CONTROLLERS.flatMap((controller) => {
          const leading = leads(controller, leases);
          return leading === true ? [] : [`${controller}: ${leading}`];
        }).join("; ") || true
      );
    },
  };
}

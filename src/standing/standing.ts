import { isIPv4 } from "node:net";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { Member } from "../resources/etcd-members.ts";
import type { Node } from "../resources/kubectl.ts";
import type { Carried } from "./carried.ts";
import type { Settings } from "./settings.ts";

/**
 * What stands before anything is changed: read once, between session and walk, from the machines, the API and etcd. Phases decide from it;
 * what a resource compares it still reads by itself.
 */
export interface Standing {
  /** A control plane has been set up on a master: `kubeadm init` has been here. */
  readonly founded: boolean;
  /** Name of the master that is asked about the cluster, and through which others join; before there is a cluster, it is founded there. */
  readonly leader: string;
  /** The API's nodes by name; empty where no API server answers. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** etcd's own list; empty where no quorum answers. */
  readonly members: readonly Member[];
  /** What the cluster was born with; undefined where no API server answers. */
  readonly settings: Settings | undefined;
  /** What each connected machine carries of a cluster, by its name in the inventory. */
  readonly carried: ReadonlyMap<string, Carried>;
  /** Of the inventory, but not connected. */
  readonly silent: readonly Machine[];
  /** Nodes of the cluster that the inventory does not name. */
  readonly strangers: readonly Stranger[];
}

/** A node that the inventory does not name: it is left as it is. */
export interface Stranger {
  readonly name: string;
  /** Its internal IPv4 address. */
  readonly address: string;
  /** The /24 of its pods, as the others' routes have it; absent where the pod network is not ours or nobody has a route. */
  readonly podCidr?: string;
}

/** What stands where nothing does: machines that have never been part of a cluster. */
export function nothingStands({ masters }: Cluster): Standing {
  return {
    founded: false,
    leader: masters[0]?.name ?? "",
    nodes: new Map(),
    members: [],
    settings: undefined,
    carried: new Map(),
    silent: [],
    strangers: [],
  };
}

/** The IPv4 address the kubelet has registered with. The node says it itself: what is no address is passed over. */
export function internalAddress(node: Node): string | undefined {
  return node.status.addresses?.find(({ type, address }) => type === "InternalIP" && isIPv4(address))?.address;
}

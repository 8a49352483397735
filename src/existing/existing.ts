import { isIPv4 } from "node:net";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { Member } from "../resources/etcd-members.ts";
import type { Node } from "../resources/kubectl.ts";
import type { MachineState } from "./machine-state.ts";
import type { Settings } from "./settings.ts";

/**
 * The existing state before anything is changed: read once, between session and walk, from the machines, the API and etcd. Phases decide
 * from it; a resource still reads by itself what it compares.
 */
export interface ExistingState {
  /** A master has a control plane: `kubeadm init` was run before. */
  readonly clusterExists: boolean;
  /** Name of the master through which the cluster is read and others join; before there is a cluster, it is created there. */
  readonly leader: string;
  /** The API's nodes by name; empty where no API server answers. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** etcd's member list; empty where no quorum answers. */
  readonly members: readonly Member[];
  /** What the cluster was created with; undefined where no API server answers. */
  readonly settings: Settings | undefined;
  /** What each connected machine has of a cluster, by its name in the inventory. */
  readonly machineStates: ReadonlyMap<string, MachineState>;
  /** Machines in the inventory that are not connected. */
  readonly notConnected: readonly Machine[];
  /** Nodes of the cluster that the inventory does not name. */
  readonly unknownNodes: readonly UnknownNode[];
}

/** A node that the inventory does not name: it is left as it is. */
export interface UnknownNode {
  readonly name: string;
  /** Its internal IPv4 address. */
  readonly address: string;
  /** The /24 of its pods, by the other hosts' routes; absent where the pod network is not `bridge` or no host has a route. */
  readonly podCidr?: string;
}

/** Whether a machine is a node of the cluster; of an existing cluster whose API does not answer, any may be one. */
export function mayBeNode({ clusterExists, nodes }: ExistingState, name: string): boolean {
  return nodes.has(name) || (clusterExists && nodes.size === 0);
}

/** The state of machines that have never been part of a cluster. */
export function noExistingState({ masters }: Cluster): ExistingState {
  return {
    clusterExists: false,
    leader: masters[0]?.name ?? "",
    nodes: new Map(),
    members: [],
    settings: undefined,
    machineStates: new Map(),
    notConnected: [],
    unknownNodes: [],
  };
}

/** The IPv4 address the kubelet has registered with. The node reports it itself: anything else than an address is ignored. */
export function internalAddress(node: Node): string | undefined {
  return node.status.addresses?.find(({ type, address }) => type === "InternalIP" && isIPv4(address))?.address;
}

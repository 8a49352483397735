import type { Bundle } from "../bundle/open.ts";
import type { Origin } from "../errors.ts";
import type { Inventory } from "./schema.ts";
import type { Taint } from "./sections/machine.ts";

export type { Taint } from "./sections/machine.ts";

export type Role = "master" | "worker";

/** How SSH connects to one machine (or its bastion). Paths are absolute. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private key files, tried in order. */
  readonly identityFiles: readonly string[];
  /** Whether the agent at `$SSH_AUTH_SOCK` is used too. */
  readonly agent: boolean;
  /** Files in OpenSSH's known_hosts format. A host that is in none of them is refused. */
  readonly knownHostsFiles: readonly string[];
  readonly bastion?: SshTarget;
  /** Of a bastion: its place in the inventory. */
  readonly origin?: Origin;
}

/** A machine of the inventory. Its name is its hostname and its node's name. */
export interface Machine {
  readonly name: string;
  /** The IPv4 address the cluster uses; SSH connects to it too, unless `ssh.address` is set. */
  readonly address: string;
  readonly role: Role;
  readonly ssh: SshTarget;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** The place of this machine in the inventory. */
  readonly origin: Origin;
}

/** A section of the inventory with its defaults. What a key means is described in the section's schema. */
type Section<Name extends keyof Inventory> = Frozen<NonNullable<Inventory[Name]>>;

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

export type KubernetesSettings = Section<"kubernetes"> & {
  /** 36 for the version 1.36.3. */
  readonly minor: number;
};

/** Where programs and images come from. Paths are absolute, on the operator's machine. */
export type SoftwareSettings = Section<"software"> & {
  /** What `--bundle` names: releases, images and the pod network's manifest are taken from it, and nothing is fetched. */
  readonly bundle?: Bundle;
};

/** `heartbeat` and `election` in ms, `renewBefore` and `validity` in days. */
type EtcdSettings = Section<"etcd">;

/** `advertInterval` in ms. */
type LoadBalancerSettings = Section<"loadBalancer"> & {
  /** The IPv4 subnet (CIDR) of the L2 segment that the masters and the VIP share. */
  readonly subnet: string;
  /** The port that clients use at the VIP: haproxy's, or the API server's 6443. */
  readonly port: number;
};

type ContainerdSettings = Section<"containerd">;

/** A pod network that is applied from a manifest. */
export interface ManifestNetwork {
  /** An absolute path, or an https:// URL. */
  readonly manifest: string;
  /** The digest of the file, 64 hex digits in lower case; any other content is refused. */
  readonly sha256?: string;
}

/** The pod network by its registered name (`bridge`, `none`), or a manifest to apply. */
export type NetworkSettings = { readonly cni: string } | ManifestNetwork;

/** All times in ms. */
type DrillSettings = Section<"drill">;

/** An inventory, complete (all defaults are filled in), validated and frozen. */
export interface Cluster {
  readonly name: string;
  /** Absolute path of the inventory. */
  readonly file: string;
  readonly masters: readonly Machine[];
  readonly workers: readonly Machine[];
  /** Masters, then workers, in the inventory's order. */
  readonly machines: readonly Machine[];
  readonly kubernetes: KubernetesSettings;
  readonly software: SoftwareSettings;
  /** The proxy through which hosts fetch packages, releases and images. */
  readonly proxy?: Section<"proxy">;
  readonly preflight: Section<"preflight">;
  readonly etcd: EtcdSettings;
  readonly loadBalancer: LoadBalancerSettings;
  readonly containerd: ContainerdSettings;
  readonly network: NetworkSettings;
  readonly firewall: Inventory["firewall"];
  readonly drill: DrillSettings;
  /** Set where the machines are those of the inventory's lab, not its own. */
  readonly lab?: true;
  /** The folder of the Vagrantfile that defines these machines, absolute: `vagrant ssh-config`, not `Machine.ssh`, sets how SSH connects. */
  readonly vagrant?: string | undefined;
  /** Commands of the operator's shell that switch a machine off and on; `{{name}}` and `{{address}}` stand for the machine's. */
  readonly power?: Section<"power">;
}

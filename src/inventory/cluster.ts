import type { Origin } from "../errors.ts";
import type { KeyAlgorithm } from "../pki/keys.ts";
import type { LimitName, ScenarioName } from "./sections/drill.ts";

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
}

export type TaintEffect = "NoSchedule" | "PreferNoSchedule" | "NoExecute";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: TaintEffect;
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

export interface KubernetesSettings {
  /** Full version without a leading v: `1.36.3`. */
  readonly version: string;
  readonly minor: number;
  readonly imageRepository?: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly dnsDomain: string;
  /** Extra names and addresses in the API server's certificate. */
  readonly certSans: readonly string[];
  /** Phases of `kubeadm init` that are skipped, each by name. */
  readonly skipPhases: readonly string[];
  /** Preflight errors of kubeadm that are tolerated, each by name. */
  readonly tolerate: readonly string[];
  /** Merged into the KubeletConfiguration and KubeProxyConfiguration documents. */
  readonly kubelet: Readonly<Record<string, unknown>>;
  readonly kubeProxy: Readonly<Record<string, unknown>>;
  /** Whether ordinary pods may run on masters. */
  readonly mastersSchedulable: boolean;
}

/** Programs and images that are uploaded instead of fetched by the hosts, for air-gapped clusters. Paths are absolute, on the operator's machine. */
export interface SoftwareSettings {
  /**
   * A folder of programs, uploaded by digest instead of installed from packages: kubeadm, kubelet and kubectl; optionally crictl,
   * etcd, etcdctl, etcdutl and the CNI plugins (in `cni/`). Other programs come from packages.
   */
  readonly binaries?: string;
  /** A folder of image archives (*.tar), imported on each host. Absent: images are pulled. */
  readonly images?: string;
}

export interface EtcdSettings {
  readonly keys: KeyAlgorithm;
  /** ms */
  readonly heartbeat: number;
  /** ms */
  readonly election: number;
  /** Remaining validity, in days, below which a certificate is reissued. */
  readonly renewBefore: number;
  /** Validity of a leaf certificate, in days. */
  readonly validity: number;
}

export interface LoadBalancerSettings {
  readonly vip: string;
  /** The IPv4 subnet (CIDR) of the L2 segment that the masters and the VIP share. */
  readonly subnet: string;
  /** The interface that carries the VIP; absent: the one that carries the machine's own address. */
  readonly interface?: string;
  /** VRRP virtual router id, 1–255, unique in its L2 segment. */
  readonly routerId: number;
  /** ms between VRRP adverts; whole hundredths of a second. */
  readonly advertInterval: number;
  /** haproxy on every master in front of all API servers, on `port`; without it the VIP reaches its holder's own API server. */
  readonly haproxy: boolean;
  /** The port that clients use at the VIP: haproxy's, or the API server's 6443. */
  readonly port: number;
}

export interface ContainerdSettings {
  /** For hosts whose root lacks CAP_SYS_RESOURCE. */
  readonly restrictOomScoreAdj: boolean;
  /** Absent: the pause image that kubeadm of this version uses. */
  readonly sandboxImage?: string;
}

/** A pod network that is applied from a manifest. */
export interface ManifestNetwork {
  /** An absolute path, or an https:// URL. */
  readonly manifest: string;
  /** The digest of the file, 64 hex digits in lower case; any other content is refused. */
  readonly sha256?: string;
}

/** The pod network by its registered name (`bridge`, `none`), or a manifest to apply. */
export type NetworkSettings = { readonly cni: string } | ManifestNetwork;

export interface DrillSettings {
  /** ms between two attempts of a probe. */
  readonly interval: number;
  /** ms after which an attempt has failed. */
  readonly timeout: number;
  /** Serves HTTP on 8080 when started without arguments; absent: agnhost. */
  readonly image?: string;
  /** ms; the longest allowed outage of each probe. */
  readonly limits: Readonly<Record<LimitName, number>>;
  /** Limits of one scenario alone. */
  readonly scenarios: Readonly<Partial<Record<ScenarioName, Partial<Readonly<Record<LimitName, number>>>>>>;
}

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
  readonly etcd: EtcdSettings;
  readonly loadBalancer: LoadBalancerSettings;
  readonly containerd: ContainerdSettings;
  readonly network: NetworkSettings;
  readonly drill: DrillSettings;
  /** The folder of the Vagrantfile that defines these machines, absolute: `vagrant ssh-config`, not `Machine.ssh`, sets how SSH connects. */
  readonly vagrant?: string | undefined;
  /** Commands of the operator's shell that switch a machine off and on; `{{name}}` and `{{address}}` stand for the machine's. */
  readonly power?: { readonly off: string; readonly on: string };
}

/** A pod network: everything that the rest of Tripod wants to know about it. A plain description, no I/O. */
export interface Cni {
  /** As in `network.cni`. */
  readonly name: string;
  readonly title: string;
  /** Its own documentation, from which this description is. */
  readonly source: string;
  /**
   * Who installs it: `tripod` on the hosts, before kubeadm runs (Tripod then gives the nodes their pod ranges and keeps the routes between
   * them); a `manifest` in the cluster; or `nobody`, and nodes stay NotReady until the user does.
   */
  readonly installedBy: "tripod" | "manifest" | "nobody";
  /** Every machine has to be in one L2 segment: pods are reached through routes between the machines' addresses. */
  readonly oneSegment: boolean;
  /** Whether it enforces NetworkPolicy; undefined where it depends on what is installed. */
  readonly networkPolicy: boolean | undefined;
  /** Standard CNI plugins that it calls and does not bring: every host must have them. */
  readonly plugins: readonly string[];
  /** Its pods install plugins into /opt/cni/bin on every host, so containerd has to look there, whatever package the standard ones are from. */
  readonly installsPlugins: boolean;
  /** Kernel modules that it needs beyond those that every host gets. */
  readonly modules: readonly string[];
  /** What has to pass between all hosts; `firewall: manage` opens it. */
  readonly traffic: readonly Traffic[];
  /** How the pod range gets into it. */
  readonly podRange: string;
  /** Its project's manifest by Kubernetes' minor version, newest first. Empty: there is none, or the user names one. */
  readonly manifests: readonly PublishedManifest[];
  /** The published manifest for this pod subnet (a CIDR). Absent: the manifest fits every pod subnet. */
  readonly adapted?: (manifest: string, podSubnet: string) => string;
  /** Its DaemonSet, `namespace/name`: how it is recognized in an existing cluster. Absent where no manifest is known. */
  readonly daemonSet?: string;
}

interface Traffic {
  /** `ip`: another protocol than TCP and UDP. */
  readonly protocol: "tcp" | "udp" | "ip";
  /** The port; of `ip`, the protocol's number. */
  readonly number: number;
  /** The program that listens, as the kernel names the process; or the one that sends. */
  readonly program: string;
  readonly what: string;
}

/** A manifest at a tag of its project's repository, which does not change. */
export interface PublishedManifest {
  /** The first minor version of Kubernetes 1.x that it is for. */
  readonly from: number;
  readonly version: string;
  readonly url: string;
  /** Of the file at that tag, 64 hex digits in lower case. */
  readonly sha256: string;
}

/** What every pod's loopback interface, and a network that is a bridge on each host, is made with (containernetworking/plugins). */
export const STANDARD_PLUGINS = ["bridge", "host-local", "loopback", "portmap"] as const;

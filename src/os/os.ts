/** What an OS family calls things and where it keeps them: a plain description, no behaviour beyond making command lines. */
export interface OsFamily {
  readonly name: string;
  /** Whether /etc/os-release (as an object) is of this family. */
  matches(release: Readonly<Record<string, string>>): boolean;
  /** Package names by what they are for. */
  readonly packages: {
    readonly containerd: readonly string[];
    readonly etcd: readonly string[];
    readonly keepalived: readonly string[];
    readonly haproxy: readonly string[];
    readonly cniPlugins: readonly string[];
    /** What kubelet and kube-proxy call at run time (conntrack, socat, iptables …). */
    readonly node: readonly string[];
    /** kubeadm, kubelet, kubectl of exactly this version (`1.36.3`). */
    kubernetes(version: string): readonly string[];
  };
  /** A snippet that prints `name version` for each of these packages that is installed, and only reads. */
  installed(names: readonly string[]): string;
  /** Which of these are not there, or in another version, going by what `installed` printed. Pure. */
  missing(names: readonly string[], installed: string): readonly string[];
  /** A script that installs these without asking and without starting their services. */
  install(names: readonly string[]): string;
  /** Where the CNI plugins of the family's own package live. */
  readonly cniBinDir: string;
}

/** What `installed` printed, version by name. */
export function installedVersions(printed: string): ReadonlyMap<string, string> {
  return new Map(
    printed
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([name, version]): [string, string][] => (name && version ? [[name, version]] : [])),
  );
}

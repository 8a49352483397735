/** An OS family's package names, paths and commands: a plain description, no behaviour beyond building command lines. */
export interface OsFamily {
  readonly name: string;
  /** Whether /etc/os-release (as an object) is of this family. */
  matches(release: Readonly<Record<string, string>>): boolean;
  /** Package names by purpose. */
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
  /** Which of these are missing, or have another version, by the output of `installed`. Pure. */
  missing(names: readonly string[], installed: string): readonly string[];
  /** The name alone, without the version that a name of `packages` may contain. */
  bareName(name: string): string;
  /** A snippet that prints those of these packages, by their bare names, that upgrades of the system leave alone; it only reads. */
  held(names: readonly string[]): string;
  /** A snippet that prints the version of a package that would be installed, or nothing where that is not known; it only reads. */
  candidate(name: string): string;
  /** A script that keeps upgrades of the system from changing these packages, by their bare names. */
  hold(names: readonly string[]): string;
  /** A script that installs these without prompts and without starting their services. */
  install(names: readonly string[]): string;
  /** Where the family's own package installs the CNI plugins. */
  readonly cniBinDir: string;
}

/** The output of `installed`: version by name. */
export function installedVersions(printed: string): ReadonlyMap<string, string> {
  return new Map(
    printed
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([name, version]): [string, string][] => (name && version ? [[name, version]] : [])),
  );
}

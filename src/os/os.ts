/** What Kubernetes' own package repository provides. */
export const KUBERNETES_PACKAGES = ["kubeadm", "kubelet", "kubectl", "cri-tools", "kubernetes-cni"] as const;

/** Kubernetes' own package repository for one of its minors. */
export interface PackageRepository {
  /** Without a trailing slash: `https://pkgs.k8s.io/core:/stable:/v1.36/deb`. */
  readonly url: string;
  /** 36 for Kubernetes 1.36. */
  readonly minor: number;
  /** The key that signs it, armored. */
  readonly key: string;
  /** Certificates that are trusted for it instead of the host's own, PEM. */
  readonly ca?: string | undefined;
}

/** Where a family's hosts have Kubernetes' own package repository. */
interface RepositoryPlaces {
  /** Its folder below that of the minor, and the key in it. */
  readonly folder: string;
  readonly publishedKey: string;
  /** Paths on a host. */
  readonly key: string;
  readonly ca: string;
  /** The template in templates/packages of each file that describes the repository, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** The file that only sets `ca`, where the family needs one. */
  readonly caFile?: string;
  /** Files and folders in which an administrator may have described it. */
  readonly described: readonly string[];
}

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
    /** What the packages of Kubernetes may need from the same repository; some versions do not. */
    readonly ofKubernetes: readonly string[];
  };
  readonly repository: RepositoryPlaces;
  /** A snippet that prints `name version` for each of these packages that is installed, and only reads. */
  installed(names: readonly string[]): string;
  /** Which of these are missing, or have another version, by the output of `installed`. Pure. */
  missing(names: readonly string[], installed: string): readonly string[];
  /** The name alone, without the version that a name of `packages` may contain. */
  bareName(name: string): string;
  /** A snippet that prints those of these packages, by their bare names, that upgrades of the system leave alone; it only reads. */
  held(names: readonly string[]): string;
  /** A script that keeps upgrades of the system from changing these packages, by their bare names (or a shell variable that has them). */
  hold(names: readonly string[]): string;
  /** A script that installs these without prompts and without starting their services. */
  install(names: readonly string[]): string;
  /**
   * A script that exits with 0 where these could be installed, and else prints why not; it changes nothing. Package lists are those that the
   * host has; or, in a temporary folder, `fresh` ones, or fresh ones with Kubernetes' own repository.
   */
  simulate(names: readonly string[], lists: "known" | "fresh" | PackageRepository): string;
  /** The version of a package that the simulated transaction installs, by what it printed. Pure. */
  simulatedVersion(name: string, printed: string): string | undefined;
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

/** Words of a shell command, in single quotes. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
}

import { installedVersions, type OsFamily, type PackageRepository, quoted } from "./os.ts";

/** Of python3-dnf-plugin-versionlock, which `packages.node` installs. */
const VERSIONLOCK = "/etc/dnf/plugins/versionlock.list";

/** How a transaction is computed, also where it is only simulated. */
const TRANSACTION = "--setopt=install_weak_deps=False --disableexcludes=all --disableplugin=versionlock";

/** The name of Kubernetes' repository while an installation is simulated. */
const ADDED = "tripod-kubernetes";

/** RHEL 9 and compatible systems. etcd is in none of its repositories: it comes from `software.binaries`. */
export const rhel: OsFamily = {
  name: "rhel",
  matches: ({ ID = "", ID_LIKE = "" }) => [ID, ...ID_LIKE.split(" ")].some((id) => id === "rhel" || id === "fedora"),
  packages: {
    containerd: ["containerd.io"],
    etcd: [],
    keepalived: ["keepalived"],
    haproxy: ["haproxy"],
    cniPlugins: ["containernetworking-plugins"],
    // No curl: every installation has it, as `curl` or as `curl-minimal`, which exclude each other.
    node: [
      "conntrack-tools",
      "socat",
      "iptables-nft",
      "ethtool",
      "iproute",
      "iproute-tc",
      "ca-certificates",
      "kmod",
      "python3-dnf-plugin-versionlock",
    ],
    kubernetes: (version) => ["kubeadm", "kubelet", "kubectl"].map((name) => `${name}-${version}`),
    ofKubernetes: ["cri-tools", "kubernetes-cni"],
  },
  // The same file as in the installation guide: Tripod's own has a first line with its name.
  repository: {
    folder: "rpm",
    publishedKey: "repodata/repomd.xml.key",
    key: "/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes",
    ca: "/etc/pki/rpm-gpg/kubernetes-ca.crt",
    files: { "/etc/yum.repos.d/kubernetes.repo": "packages/kubernetes.repo" },
    described: ["/etc/yum.repos.d"],
  },
  installed: (names) =>
    `rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\\n' ${names.map((name) => split(name).name).join(" ")} | grep -v ' is not installed$' || true`,
  missing(names, installed) {
    const versions = installedVersions(installed);
    return names.filter((name) => {
      const { name: bare, version: wanted } = split(name);
      const version = versions.get(bare);
      return version === undefined || (wanted !== undefined && !version.startsWith(`${wanted}-`));
    });
  },
  bareName: (name) => split(name).name,
  // The plugin's own file: asking dnf takes seconds. Its lines are `kubelet-0:1.36.3-150500.1.1.*`.
  held: (names) =>
    `for name in ${names.join(" ")}; do grep -qs "^$name-[0-9]*:" ${VERSIONLOCK} && echo "$name"; done; true`,
  hold: (names) => `for name in ${names.join(" ")}; do dnf -q versionlock delete "$name" >/dev/null 2>&1; done
dnf -q --disablerepo='*' versionlock add ${names.join(" ")}`,
  // Services stay off until they are enabled (systemd's presets). Kubernetes' installation guide excludes its packages from upgrades.
  install: (names) => `dnf install -q -y ${TRANSACTION} ${quoted(names)}`,
  // dnf itself keeps its lists fresh. It ends with 1 whether or not there is a transaction to say no to.
  simulate(names, lists) {
    const repository = typeof lists === "string" ? "" : ` ${added(lists)}`;
    return `t=$(mktemp -d) || exit 1; trap 'rm -rf "$t"' EXIT
${typeof lists === "string" ? "" : written(lists)}dnf install --assumeno${lists === "fresh" ? " --refresh" : ""}${repository} ${TRANSACTION} ${quoted(names)} >"$t/said" 2>&1
cat "$t/said"; grep -Eq 'Operation aborted|Nothing to do' "$t/said"`;
  },
  // A table: name, architecture, version, repository, size.
  simulatedVersion: (name, printed) => new RegExp(`^ ${name} +\\S+ +(\\S+)`, "m").exec(printed)?.[1],
  cniBinDir: "/usr/libexec/cni",
};

/** The key and the authority of a repository, in the simulation's temporary folder. */
function written({ key, ca }: PackageRepository): string {
  return `printf %s ${quoted([key])} >"$t/key"\n${ca === undefined ? "" : `printf %s ${quoted([ca])} >"$t/ca.crt"\n`}`;
}

function added({ url, ca }: PackageRepository): string {
  const trusted = ca === undefined ? "" : ` --setopt=${ADDED}.sslcacert="$t/ca.crt"`;
  return `--repofrompath=${quoted([`${ADDED},${url}/`])} --setopt=${ADDED}.gpgkey="file://$t/key"${trusted}`;
}

/** `kubeadm-1.36.3` is a name and a version, `iptables-nft` a name. */
function split(name: string): { readonly name: string; readonly version?: string } {
  const [, bare, version] = /^(.+)-(\d[\d.]*)$/.exec(name) ?? [];
  return bare === undefined ? { name } : { name: bare, ...(version === undefined ? {} : { version }) };
}

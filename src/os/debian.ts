import { installedVersions, type OsFamily, type PackageRepository, quoted } from "./os.ts";

/**
 * Debian starts a service as soon as it is installed, with a configuration that is not ours, unless /usr/sbin/policy-rc.d forbids it
 * (invoke-rc.d(8)). Ours forbids it only to processes with our variable, so it does no harm if Tripod dies before it is removed. An
 * existing policy-rc.d is left in place.
 */
const WITHOUT_STARTING = `policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\n[ -z "$TRIPOD_NO_START" ] || exit 101\\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export TRIPOD_NO_START=1 DEBIAN_FRONTEND=noninteractive`;

/** Docker's package of containerd and runc. Installing Debian's beside it would remove it, and Docker with it. */
const DOCKERS = "containerd.io";
const PROVIDED = ["containerd", "runc"];

const SOURCES = "/etc/apt/sources.list.d/kubernetes.sources";

/** How a transaction is computed, also where it is only simulated. */
const TRANSACTION = "-q -y --no-install-recommends --no-remove --allow-change-held-packages --allow-downgrades";

/** Debian 12 and later, Ubuntu 22.04 and later. `kubeadm=1.36.3-*` is apt's syntax for a version. */
export const debian: OsFamily = {
  name: "debian",
  matches: ({ ID = "", ID_LIKE = "" }) => [ID, ...ID_LIKE.split(" ")].includes("debian"),
  packages: {
    containerd: ["containerd", "runc"],
    etcd: ["etcd-server", "etcd-client"],
    keepalived: ["keepalived"],
    haproxy: ["haproxy"],
    cniPlugins: ["containernetworking-plugins"],
    node: ["conntrack", "socat", "iptables", "ebtables", "ethtool", "iproute2", "curl", "ca-certificates", "kmod"],
    kubernetes: (version) => ["kubeadm", "kubelet", "kubectl"].map((name) => `${name}=${version}-*`),
    ofKubernetes: ["cri-tools", "kubernetes-cni"],
  },
  repository: {
    folder: "deb",
    publishedKey: "Release.key",
    key: "/etc/apt/keyrings/kubernetes.asc",
    ca: "/etc/apt/keyrings/kubernetes-ca.crt",
    files: {
      [SOURCES]: "packages/kubernetes.sources",
      "/etc/apt/preferences.d/kubernetes": "packages/kubernetes.preferences",
    },
    caFile: "/etc/apt/apt.conf.d/90kubernetes-ca",
    described: ["/etc/apt/sources.list", "/etc/apt/sources.list.d"],
  },
  installed: (names) =>
    `dpkg-query -W -f='\${db:Status-Status} \${Package} \${Version}\\n' ${names.map(bare).join(" ")} ${DOCKERS} 2>/dev/null | sed -n 's/^installed //p'`,
  missing(names, installed) {
    const versions = installedVersions(installed);
    const provided = versions.has(DOCKERS) ? PROVIDED : [];
    return names.filter((name) => {
      if (provided.includes(name)) return false;
      const [, wanted = "*"] = name.split("=");
      const version = versions.get(bare(name));
      return version === undefined || !version.startsWith(wanted.replace(/\*$/, ""));
    });
  },
  bareName: bare,
  held: (names) => `apt-mark showhold ${names.join(" ")}`,
  hold: (names) => `apt-mark hold ${names.join(" ")}`,
  // Package lists are fetched only where those on the host do not suffice: a host that has all it needs does not depend on the mirror.
  install(names) {
    const apt = `apt-get ${TRANSACTION} -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;
    const install = `${apt} install ${quoted(names)}`;
    return `${WITHOUT_STARTING}\n${install} || { ${apt} update && ${install}; }`;
  },
  simulate(names, lists) {
    const simulated = `${TRANSACTION} --simulate install ${quoted(names)} 2>&1`;
    return lists === "known" ? `apt-get ${simulated}` : `${withFreshLists(lists)}\n$apt ${simulated}`;
  },
  // Inst etcd-server [3.4.23-4+b4] (3.5.16-4 Debian:13/stable [amd64])
  simulatedVersion: (name, printed) => new RegExp(`^Inst ${name} (?:\\[\\S+\\] )?\\((\\S+)`, "m").exec(printed)?.[1],
  cniBinDir: "/usr/lib/cni",
};

function bare(name: string): string {
  return name.split("=", 1).join("");
}

/** Sets `apt` to an apt-get with separate lists, in a temporary folder, which it has just fetched. */
function withFreshLists(lists: "fresh" | PackageRepository): string {
  const repository = lists === "fresh" ? undefined : lists;
  const { ca } = repository ?? {};
  return `t=$(mktemp -d) || exit 1; trap 'rm -rf "$t"' EXIT
mkdir -p "$t/parts" "$t/lists/partial" "$t/archives/partial"
cp -p /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources "$t/parts/" 2>/dev/null
apt="apt-get -o Dir::Etc::SourceParts=$t/parts -o Dir::State::Lists=$t/lists -o Dir::Cache=$t -o APT::Sandbox::User=root"
${repository ? added(repository) : ""}${ca === undefined ? "" : trusting(ca, repository?.url ?? "")}$apt -q update 2>&1`;
}

/** Instead of what an earlier run has set up, which may be for another minor. */
function added({ url, key }: PackageRepository): string {
  return `rm -f "$t/parts/${SOURCES.split("/").at(-1) ?? ""}"
printf %s ${quoted([key])} >"$t/kubernetes.asc"
printf '%s\\n' "deb [signed-by=$t/kubernetes.asc] "${quoted([`${url}/`])}" /" >"$t/parts/of-kubernetes.list"
`;
}

function trusting(ca: string, url: string): string {
  return `printf %s ${quoted([ca])} >"$t/ca.crt"
echo ${quoted([`Acquire::https::${new URL(url).hostname}::CaInfo`])}" \\"$t/ca.crt\\";" >"$t/apt.conf"
apt="$apt -c $t/apt.conf"
`;
}

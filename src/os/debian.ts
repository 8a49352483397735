import { installedVersions, type OsFamily } from "./os.ts";

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
  candidate: (name) => `apt-cache policy ${name} 2>/dev/null | sed -n 's/^  Candidate: \\([0-9].*\\)/\\1/p'`,
  hold: (names) => `apt-mark hold ${names.join(" ")}`,
  // Package lists are fetched only where those on the host do not suffice: a host that has all it needs does not depend on the mirror.
  install(names) {
    const apt =
      "apt-get -q -y --no-install-recommends --no-remove --allow-change-held-packages --allow-downgrades -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold";
    const install = `${apt} install ${names.map((name) => `'${name}'`).join(" ")}`;
    return `${WITHOUT_STARTING}\n${install} || { ${apt} update && ${install}; }`;
  },
  cniBinDir: "/usr/lib/cni",
};

function bare(name: string): string {
  return name.split("=", 1).join("");
}

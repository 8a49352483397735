import { acquireSettings, mirrors } from "./apt.ts";
import { formatSources } from "./apt-sources.ts";
import { cached, type Progress } from "./cache.ts";
import { isolated } from "./isolated.ts";
import { NODE_PACKAGES } from "./packages.ts";
import type { DebianRelease } from "./release.ts";
import { labScript, labScriptText } from "./scripts.ts";

/** The packages of every host: those of a freshly installed Debian server. */
const BASE = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "sudo",
  "iproute2",
  "procps",
  "kmod",
  "iputils-ping",
];

/** Packages for the lab's images. */
const FOR_IMAGES = ["busybox-static", "catatonit"];

/** What looks like RHEL 9, and the packages that become its RPMs (finish-el9-like.sh). */
const EL9 = ["dnf", "dnf-plugins-core", "rpm", "createrepo-c", "firewalld", "curl", "ca-certificates"];
const FOR_RPMS = ["keepalived", "haproxy", "conntrack", "socat", "iptables", "ethtool"];

/**
 * `ready`: with all packages of a node. `pristine`: only systemd, sshd and sudo. `builder`: for building Kubernetes. `el9-like`: pristine,
 * with the commands of RHEL 9 and a repository of RPMs.
 */
export type Flavour = "ready" | "pristine" | "builder" | "el9-like";

const PACKAGES: Readonly<Record<Flavour, readonly string[]>> = {
  ready: [...BASE, ...NODE_PACKAGES, ...FOR_IMAGES],
  pristine: BASE,
  "el9-like": [...BASE, ...EL9, ...FOR_RPMS],
  builder: ["golang-go", "dpkg-dev", "golang-github-modern-go-reflect2-dev"],
};

/** The last step of each: a script whose argument is the root file system; and one that runs inside it. */
const FINISH: Readonly<Record<Flavour, string>> = {
  ready: "finish-host.sh",
  pristine: "finish-host.sh",
  builder: "finish-builder.sh",
  "el9-like": "finish-host.sh",
};
const INSIDE: Readonly<Partial<Record<Flavour, string>>> = { "el9-like": "finish-el9-like.sh" };

const NOT_NEEDED = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*"];

/** A root file system of Debian, which users must not change. Absolute path of a folder in the cache. */
export async function rootFileSystem(release: DebianRelease, flavour: Flavour, work: Progress): Promise<string> {
  const packages = PACKAGES[flavour];
  const finish = FINISH[flavour];
  const name = `debian-${release}-${flavour}`;
  const inside = INSIDE[flavour];
  const madeOf = {
    packages,
    finish: await labScriptText(finish),
    ...(inside && { inside: await labScriptText(inside) }),
  };
  return cached(name, madeOf, work, async (folder) => {
    work.progress(`creating a root file system of Debian ${release} (about a minute, once)`);
    const settings = await acquireSettings();
    const argv = [
      ...["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--format=directory"],
      `--include=${packages.join(",")}`,
      ...settings.map((setting) => `--aptopt=${setting}`),
      "--dpkgopt=force-unsafe-io",
      ...NOT_NEEDED.map((path) => `--dpkgopt=path-exclude=${path}`),
      "--dpkgopt=path-include=/usr/share/doc/*/copyright",
      `--customize-hook=sh '${labScript(finish)}' "$1"`,
      ...[release, folder, "-"],
    ];
    await isolated(argv, {
      signal: work.signal,
      input: formatSources(await mirrors(release)),
      failing: `creating a root file system of Debian ${release} failed`,
      hint: "check that `apt-get update` works on this machine: the lab uses the same mirrors",
    });
    if (inside !== undefined) await runInside(folder, inside, work);
  });
}

async function runInside(folder: string, script: string, { signal }: Progress): Promise<void> {
  const inside = 'mount -t proc proc "$1/proc" && exec chroot "$1" sh -c "$2"';
  await isolated(["sh", "-c", inside, "sh", folder, await labScriptText(script)], {
    signal,
    failing: `${script} failed`,
    hint: "remove the cache of root file systems (debian-* in Tripod's cache folder), and try again",
  });
}

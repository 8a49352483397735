import { acquireSettings, mirrors } from "./apt.ts";
import { formatSources } from "./apt-sources.ts";
import { cached, type Progress } from "./cache.ts";
import { isolated } from "./isolated.ts";
import { NODE_PACKAGES } from "./packages.ts";
import type { Release } from "./release.ts";
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

/** `ready`: with all packages of a node. `pristine`: only systemd, sshd and sudo. `builder`: for building Kubernetes. */
export type Flavour = "ready" | "pristine" | "builder";

const PACKAGES: Readonly<Record<Flavour, readonly string[]>> = {
  ready: [...BASE, ...NODE_PACKAGES, ...FOR_IMAGES],
  pristine: BASE,
  builder: ["golang-go", "dpkg-dev", "golang-github-modern-go-reflect2-dev"],
};

/** The last step of each: a script whose argument is the root file system. */
const FINISH: Readonly<Record<Flavour, string>> = {
  ready: "finish-host.sh",
  pristine: "finish-host.sh",
  builder: "finish-builder.sh",
};

const NOT_NEEDED = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*"];

/** A root file system of Debian, which users must not change. Absolute path of a folder in the cache. */
export async function rootFileSystem(release: Release, flavour: Flavour, work: Progress): Promise<string> {
  const packages = PACKAGES[flavour];
  const finish = FINISH[flavour];
  const name = `debian-${release}-${flavour}`;
  return cached(name, { packages, finish: await labScriptText(finish) }, work, async (folder) => {
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
  });
}

import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { debian } from "../os/debian.ts";
import { privateApt } from "./apt.ts";
import { cached, discard, type Progress } from "./cache.ts";
import { local } from "./local.ts";
import type { DebianRelease } from "./release.ts";
import { labScript, labScriptText } from "./scripts.ts";

/** The Debian packages of a cluster's node. */
export const NODE_PACKAGES = [
  ...[debian.packages.containerd, debian.packages.cniPlugins, debian.packages.etcd].flat(),
  ...[debian.packages.keepalived, debian.packages.haproxy, debian.packages.node].flat(),
];

/** The folder of the packages on a pristine host. */
export const PACKAGES_ON_HOST = "srv/packages";

/** sources.list(5) of a pristine host: it reaches no mirror; the packages are in a local folder. */
export const PACKAGE_SOURCES = `deb [trusted=yes] file:/${PACKAGES_ON_HOST} ./\n`;

/** An apt repository with all packages that pristine hosts may install, including dependencies. A folder in the cache. */
export async function packageFolder(release: DebianRelease, pristine: string, work: Progress): Promise<string> {
  const madeOf = { pristine: basename(pristine), NODE_PACKAGES, script: await labScriptText("index-packages.sh") };
  return cached(`packages-${release}`, madeOf, work, async (folder) => {
    work.progress(`fetching the packages of Debian ${release} that the hosts will install`);
    const options = { signal: work.signal, failing: `fetching packages of Debian ${release} failed` };
    const apt = await privateApt(join(folder, "apt"), release);
    const archives = join(folder, "apt/archives");
    await mkdir(join(archives, "partial"), { recursive: true });
    const installed = `Dir::State::Status=${pristine}/var/lib/dpkg/status`;
    await local([...apt, "update"], options);
    await local([...apt, "-o", installed, "install", "--yes", "--download-only", ...NODE_PACKAGES], options);
    await local(["sh", labScript("index-packages.sh"), archives, folder], options);
    await discard(join(folder, "apt"));
  });
}

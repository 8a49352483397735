import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { coerce, major } from "semver";
import { containerdConfig, containerdUnit, crictlConfig, registryMirrors } from "../config/containerd.ts";
import { containerdProxy } from "../config/proxy.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { directory } from "../resources/directory.ts";
import { editedFile } from "../resources/edited-file.ts";
import { file } from "../resources/file.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { firewall } from "./firewall.ts";
import { cniBinDir, originOf, programPath, programs, versionsOf } from "./software.ts";
import { packages } from "./packages.ts";
import { preflight } from "./preflight/index.ts";
import { prepare } from "./prepare.ts";

const CONFIG = "/etc/containerd/config.toml";
const UNIT = "/etc/systemd/system/containerd.service";
const PROXY = `${UNIT}.d/tripod-proxy.conf`;
const CERTS = "/etc/containerd/certs.d";

export const containerRuntime: Phase = {
  name: "container-runtime",
  title: "Container runtime",
  needs: [allHosts(preflight), sameHost(packages), sameHost(prepare), sameHost(firewall)],
  hosts: ({ cluster }) => cluster.machines,
  async resources(host, context) {
    const { cluster } = context;
    const installed = await programs(host, context, "containerd");
    const program = programPath(host, cluster, "containerd", "containerd");
    const version = await majorVersion(host, cluster);
    const content =
      version === undefined
        ? undefined
        : containerdConfig(cluster, { major: version, cniBinDir: cniBinDir(host, cluster) });
    return [
      ...installed,
      // A package brings its unit.
      ...(installed.length > 0 ? [file({ path: UNIT, content: containerdUnit(program), mode: 0o644 })] : []),
      directory({ path: "/etc/containerd", mode: 0o755 }),
      file({ path: CONFIG, content, mode: 0o644 }),
      ...(cluster.proxy ? [directory({ path: `${UNIT}.d`, mode: 0o755 })] : []),
      // Without a proxy there is no such file, or one that sets none: containerd is not restarted for nothing.
      editedFile({ path: PROXY, edit: (text) => (cluster.proxy || text !== "" ? containerdProxy(cluster) : "") }),
      ...mirrors(cluster),
      file({ path: "/etc/crictl.yaml", content: crictlConfig(), mode: 0o644 }),
      service({ unit: "containerd.service", reads: [CONFIG, PROXY, ...(installed.length > 0 ? [program, UNIT] : [])] }),
    ];
  },
};

/** containerd reads them whenever it pulls an image. */
function mirrors({ containerd }: Cluster): Resource[] {
  return Object.entries(containerd.mirrors).flatMap(([registry, urls]) => [
    directory({ path: `${CERTS}/${registry}`, mode: 0o755 }),
    file({ path: `${CERTS}/${registry}/hosts.toml`, content: registryMirrors(urls), mode: 0o644 }),
  ]);
}

/** The version of its configuration depends on it; undefined in a plan where a package is to be installed. */
async function majorVersion(host: Host, cluster: Cluster): Promise<number | undefined> {
  switch (originOf(host, cluster, "containerd")) {
    case "releases":
      return major(versionsOf(cluster).containerd);
    case "folder":
      return majorOfProgram(join(cluster.software.binaries ?? "", "containerd"));
    case "packages": {
      const { stdout } = await host.read("containerd --version 2>/dev/null");
      // Distributions add to it: `1.6.20~ds1`.
      return coerce(/\bv?\d+\.\d+\.\d+/.exec(stdout)?.[0])?.major;
    }
  }
}

/** It may be for another processor than this machine's: it is not run. From 2.0 on, Go's build information names its module with /v2. */
async function majorOfProgram(file: string): Promise<number> {
  return (await readFile(file)).includes("github.com/containerd/containerd/v2") ? 2 : 1;
}

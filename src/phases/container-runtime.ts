import { coerce } from "semver";
import { containerdConfig, crictlConfig } from "../config/containerd.ts";
import type { Host } from "../host.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import { service } from "../resources/service.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { cniBinDir } from "./software.ts";
import { firewall } from "./firewall.ts";
import { packages } from "./packages.ts";
import { preflight } from "./preflight/index.ts";
import { prepare } from "./prepare.ts";

const CONFIG = "/etc/containerd/config.toml";

export const containerRuntime: Phase = {
  name: "container-runtime",
  title: "Container runtime",
  needs: [allHosts(preflight), sameHost(packages), sameHost(prepare), sameHost(firewall)],
  hosts: ({ cluster }) => cluster.machines,
  async resources(host, { cluster }) {
    const major = await installedMajor(host);
    const content =
      major === undefined ? undefined : containerdConfig(cluster, { major, cniBinDir: cniBinDir(host, cluster) });
    return [
      directory({ path: "/etc/containerd", mode: 0o755 }),
      file({ path: CONFIG, content, mode: 0o644 }),
      file({ path: "/etc/crictl.yaml", content: crictlConfig(), mode: 0o644 }),
      service({ unit: "containerd.service", reads: [CONFIG] }),
    ];
  },
};

/** The version of its configuration depends on it; undefined in a plan where containerd is not installed yet. */
async function installedMajor(host: Host): Promise<number | undefined> {
  const { stdout } = await host.read("containerd --version 2>/dev/null");
  // Distributions add to it: `1.6.20~ds1`.
  return coerce(/\bv?\d+\.\d+\.\d+/.exec(stdout)?.[0])?.major;
}

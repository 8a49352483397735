import { expect } from "vitest";
import { containerdConfig } from "../../../src/config/containerd.ts";
import { containerdConfigured } from "../../../src/phases/preflight/containerd-config.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { machineStory } from "../../support/machine-story.ts";
import type { ThrowAwayMachine } from "../../support/machine.ts";

const cluster = testCluster();
const CONFIG = "/etc/containerd/config.toml";
const CRI = 'plugins."io.containerd.grpc.v1.cri"';

async function foundWith(machine: ThrowAwayMachine, text: string) {
  machine.write(CONFIG, text);
  return containerdConfigured.examine(machine.host, testContext(cluster, [machine.host]));
}

/** As `nvidia-ctk runtime configure --runtime=containerd --set-as-default` leaves it. */
const NVIDIA = `version = 2

[plugins]
  [${CRI}]
    [${CRI}.containerd]
      default_runtime_name = "nvidia"
      [${CRI}.containerd.runtimes]
        [${CRI}.containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"
        [${CRI}.containerd.runtimes.nvidia]
          runtime_type = "io.containerd.runc.v2"
          [${CRI}.containerd.runtimes.nvidia.options]
            BinaryName = "/usr/bin/nvidia-container-runtime"
`;

machineStory(
  "a runtime that somebody has configured, such as NVIDIA's, is named before it would be lost",
  async (machine) => {
    const found = await foundWith(machine, NVIDIA);
    expect(found).toMatchObject([
      { message: `${CONFIG} sets what would be lost: default_runtime_name = "nvidia", the runtime nvidia` },
    ]);
    expect(found[0]?.hint).toContain("add containerd-config to `preflight.tolerate`");
  },
);

machineStory("so are registries, another disk for images, and files that are imported and exist", async (machine) => {
  machine.write("/etc/containerd/conf.d/99-nvidia.toml", "version = 3\n");
  const text = `version = 3
root = '/data/containerd'
imports = ["/etc/containerd/conf.d/*.toml", '/etc/containerd/gone.toml']
[${CRI}.registry.mirrors."registry.example:5000"]
[${CRI}.registry.configs.'registry.example:5000'.auth]
[proxy_plugins.stargz]
`;
  expect(await foundWith(machine, text)).toMatchObject([
    {
      message: `${CONFIG} sets what would be lost: root = "/data/containerd", the registry registry.example:5000, the plugin stargz, the import of /etc/containerd/conf.d/99-nvidia.toml`,
    },
  ]);
});

/** What Debian's package, Docker's package and \`containerd config default\` bring. */
const USUAL = `disabled_plugins = ["cri"]
#root = "/data"
imports = []
root = "/var/lib/containerd"
version = 2

[${CRI}]
  [${CRI}.cni]
    bin_dir = "/usr/lib/cni"
  [${CRI}.containerd]
    default_runtime_name = "runc"
    snapshotter = "overlayfs"
    [${CRI}.containerd.runtimes]
      [${CRI}.containerd.runtimes.runc]
        snapshotter = ""
        [${CRI}.containerd.runtimes.runc.options]
          BinaryName = ""
  [${CRI}.registry]
    [${CRI}.registry.configs]
    [${CRI}.registry.mirrors]
[proxy_plugins]
`;

machineStory(
  "packages' files, containerd's defaults, Tripod's own file and none at all are replaced without a question",
  async (machine) => {
    expect(await containerdConfigured.examine(machine.host, testContext(cluster, [machine.host]))).toEqual([]);
    expect(await foundWith(machine, USUAL)).toEqual([]);
    for (const major of [1, 2])
      expect(await foundWith(machine, containerdConfig(cluster, { major, cniBinDir: "/opt/cni/bin" }))).toEqual([]);
  },
);

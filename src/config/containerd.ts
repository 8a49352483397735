import type { Cluster } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";
import { sandboxImage } from "./images.ts";

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

export interface ContainerdHost {
  /** Major version of the installed containerd: 1 reads version 2 of its configuration, 2 and later version 3. */
  readonly major: number;
  /** Folder of the CNI plugins: the OS family's `cniBinDir`, or /opt/cni/bin. */
  readonly cniBinDir: string;
}

export function containerdConfig(cluster: Cluster, { major, cniBinDir }: ContainerdHost): string {
  return render(major < 2 ? "containerd/config-2.toml" : "containerd/config-3.toml", {
    sandboxImage: cluster.containerd.sandboxImage ?? sandboxImage(cluster.kubernetes),
    restrictOomScoreAdj: cluster.containerd.restrictOomScoreAdj,
    cniBinDir,
  });
}

/** The unit of a containerd that no package installed; `binary` is its absolute path. */
export function containerdUnit(binary: string): string {
  return render("containerd/containerd.service", { binary });
}

/** `hosts.toml` of a registry: its mirrors, in the order in which they are tried. */
export function registryMirrors(mirrors: readonly string[]): string {
  return render("containerd/hosts.toml", { mirrors });
}

export function crictlConfig(): string {
  return render("containerd/crictl.yaml", { endpoint: `unix://${CONTAINERD_SOCKET}` });
}

import { STANDARD_PLUGINS } from "../cni/cni.ts";
import type { ProgramVersions } from "../versions.ts";
import type { Architecture, Artifact, SoftwareComponent } from "./artifact.ts";

/** Where programs of a release go: every PATH has it before the packages' folders. */
export const LOCAL_BIN = "/usr/local/bin";

/** containerd's own default for CNI plugins, where the projects' releases and manifests install them. */
export const OPT_CNI_BIN = "/opt/cni/bin";

/** Where releases are fetched from: origins without a trailing slash. Mirrors have the same layout below them. */
export interface Sources {
  /** Default: https://dl.k8s.io */
  readonly kubernetes: string;
  /** Default: https://github.com */
  readonly github: string;
}

export const OFFICIAL: Sources = { kubernetes: "https://dl.k8s.io", github: "https://github.com" };

interface Wanted {
  /** Of Kubernetes, without a leading v. */
  readonly kubernetes: string;
  readonly versions: ProgramVersions;
  readonly architecture: Architecture;
  readonly sources: Sources;
}

/**
 * The downloads of a component, by the layout of each project's releases: https://kubernetes.io/releases/download/,
 * https://github.com/etcd-io/etcd/releases, https://github.com/containerd/containerd/releases, https://github.com/opencontainers/runc/releases,
 * https://github.com/containernetworking/plugins/releases, https://github.com/kubernetes-sigs/cri-tools/releases.
 */
export function artifactsOf(component: SoftwareComponent, wanted: Wanted): readonly Artifact[] {
  const { kubernetes, versions, architecture: arch, sources } = wanted;
  const released = (project: string, version: string) => `${sources.github}/${project}/releases/download/v${version}`;
  switch (component) {
    case "kubernetes":
      return [
        ...["kubeadm", "kubelet", "kubectl"].map((name) => {
          const url = `${sources.kubernetes}/release/v${kubernetes}/bin/linux/${arch}/${name}`;
          return program(name, kubernetes, url, `${url}.sha256`);
        }),
        crictl(versions.crictl, released("kubernetes-sigs/cri-tools", versions.crictl), arch),
      ];
    case "etcd": {
      const folder = `etcd-v${versions.etcd}-linux-${arch}`;
      const from = released("etcd-io/etcd", versions.etcd);
      const programs = ["etcd", "etcdctl", "etcdutl"].filter((name) => name !== "etcdutl" || hasEtcdutl(versions.etcd));
      return [
        {
          ...{ name: "etcd", version: versions.etcd, url: `${from}/${folder}.tar.gz`, checksums: `${from}/SHA256SUMS` },
          files: programs.map((name) => ({ member: `${folder}/${name}`, path: `${LOCAL_BIN}/${name}` })),
        },
      ];
    }
    case "containerd": {
      const url = `${released("containerd/containerd", versions.containerd)}/containerd-${versions.containerd}-linux-${arch}.tar.gz`;
      const runc = released("opencontainers/runc", versions.runc);
      return [
        {
          ...{ name: "containerd", version: versions.containerd, url, checksums: `${url}.sha256sum` },
          files: CONTAINERD.map((name) => ({ member: `bin/${name}`, path: `${LOCAL_BIN}/${name}` })),
        },
        program("runc", versions.runc, `${runc}/runc.${arch}`, `${runc}/runc.sha256sum`),
      ];
    }
    case "cni": {
      const version = versions.cniPlugins;
      const url = `${released("containernetworking/plugins", version)}/cni-plugins-linux-${arch}-v${version}.tgz`;
      const files = STANDARD_PLUGINS.map((name) => ({ member: `./${name}`, path: `${OPT_CNI_BIN}/${name}` }));
      return [{ name: "cni-plugins", version, url, checksums: `${url}.sha256`, files }];
    }
  }
}

const CONTAINERD = ["containerd", "containerd-shim-runc-v2", "ctr"];

function program(name: string, version: string, url: string, checksums: string): Artifact {
  return { name, version, url, checksums, files: [{ path: `${LOCAL_BIN}/${name}` }] };
}

function crictl(version: string, from: string, arch: Architecture): Artifact {
  const url = `${from}/crictl-v${version}-linux-${arch}.tar.gz`;
  const files = [{ member: "crictl", path: `${LOCAL_BIN}/crictl` }];
  return { name: "crictl", version, url, checksums: `${url}.sha256`, files };
}

/** Before 3.5 its commands are in etcdctl. */
function hasEtcdutl(version: string): boolean {
  return !version.startsWith("3.4.");
}

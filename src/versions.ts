import { lt } from "semver";

/** The programs that a node runs beside Kubernetes, each by its version without a leading v. */
export interface ProgramVersions {
  readonly etcd: string;
  readonly containerd: string;
  readonly runc: string;
  readonly cniPlugins: string;
  readonly crictl: string;
}

interface Row extends Pick<ProgramVersions, "etcd" | "containerd" | "runc"> {
  /** The first minor of Kubernetes that this row is for. */
  readonly from: number;
  /** The oldest versions that work with it. */
  readonly oldest: Pick<ProgramVersions, "etcd" | "containerd">;
}

/**
 * Which versions are installed with which minor of Kubernetes, newest first.
 * - etcd: kubeadm's `SupportedEtcdVersion` sets the minor, the newest patch release of August 2026 the patch; `oldest.etcd` is kubeadm's
 *   `MinExternalEtcdVersion` (cmd/kubeadm/app/constants/constants.go); before 1.31, whose kubeadm accepts far older ones, what 1.20 installs.
 * - containerd: https://containerd.io/releases/#kubernetes-support; 1.7 is the last that has CRI v1alpha2, which Kubernetes before 1.23
 *   needs. The kubelet accepts containerd 1.6 up to 1.36: it has CRI v1.
 * - runc: the release that this containerd is tested with (script/setup/runc-version), at its newest patch.
 */
const TABLE: readonly Row[] = [
  { from: 35, etcd: "3.6.14", containerd: "2.3.4", runc: "1.4.3", oldest: { etcd: "3.5.24", containerd: "1.6.0" } },
  { from: 34, etcd: "3.6.14", containerd: "1.7.34", runc: "1.3.6", oldest: { etcd: "3.5.24", containerd: "1.6.0" } },
  { from: 31, etcd: "3.5.33", containerd: "1.7.34", runc: "1.3.6", oldest: { etcd: "3.5.11", containerd: "1.6.0" } },
  { from: 20, etcd: "3.5.33", containerd: "1.7.34", runc: "1.3.6", oldest: { etcd: "3.4.13", containerd: "1.4.0" } },
];

/** The newest release for each minor of Kubernetes (https://github.com/kubernetes-sigs/cri-tools/releases). */
const CRICTL: Readonly<Record<number, string>> = {
  ...{ 20: "1.20.0", 21: "1.21.0", 22: "1.22.1", 23: "1.23.0", 24: "1.24.2", 25: "1.25.0", 26: "1.26.1", 27: "1.27.1" },
  ...{ 28: "1.28.0", 29: "1.29.0", 30: "1.30.1", 31: "1.31.1", 32: "1.32.0", 33: "1.33.0", 34: "1.34.0", 35: "1.35.0" },
  36: "1.36.0",
};

/** Works with every minor of the table: the plugins implement every version of the CNI specification up to 1.1. */
const CNI_PLUGINS = "1.9.1";

/**
 * The versions for a minor of Kubernetes.
 * @throws Error for a minor that is not in the table: the schema refuses it before
 */
export function versionsFor(minor: number): ProgramVersions {
  const { etcd, containerd, runc } = row(minor);
  const crictl = CRICTL[minor];
  if (crictl === undefined) throw new Error(`no crictl is known for Kubernetes 1.${minor}`);
  return { etcd, containerd, runc, cniPlugins: CNI_PLUGINS, crictl };
}

/** The oldest version that works with this minor of Kubernetes, where the given one is older; undefined where it works. */
export function tooOld(minor: number, program: "etcd" | "containerd", version: string): string | undefined {
  const oldest = row(minor).oldest[program];
  return lt(version, oldest) ? oldest : undefined;
}

function row(minor: number): Row {
  const found = TABLE.find(({ from }) => minor >= from);
  if (!found) throw new Error(`no versions are known for Kubernetes 1.${minor}`);
  return found;
}

import type { Host } from "../host.ts";
import { command } from "./command.ts";
import { unifiedDiff } from "./file.ts";
import { ADMIN_CONF, kubectl } from "./kubectl.ts";
import { defineResource } from "./resource.ts";

export interface KubeletConfigMapArgs {
  readonly leader: Host;
  /** The minor version of Kubernetes. */
  readonly minor: number;
  /** Turns what is there into what should be; the same for its own result, and for nothing. */
  readonly edit: (text: string) => string;
}

/** kubeadm gives it to every node that joins: the settings of those that are there already are files of theirs. */
export const kubeletConfigMap = defineResource<KubeletConfigMapArgs, string>({
  kind: "kubelet-configmap",
  name: ({ minor }) => nameOf(minor),
  async read(_, { leader, minor }) {
    const get = kubectl(leader, `-n kube-system get configmap ${nameOf(minor)} -o jsonpath='{.data.kubelet}'`);
    const { code, stdout } = await leader.read(`[ -f ${ADMIN_CONF} ] || exit 0\n${get} 2>/dev/null`);
    return code === 0 ? stdout : "";
  },
  /** Where there is none yet, `kubeadm init` writes it as it should be. */
  diff({ minor, edit }, found) {
    const wanted = edit(found);
    return wanted === found ? [] : [{ field: "kubelet", diff: unifiedDiff(nameOf(minor), found, wanted) }];
  },
  async apply(_, { leader, minor, edit }, found) {
    const input = JSON.stringify({ data: { kubelet: edit(found) } });
    const patch = kubectl(
      leader,
      `-n kube-system patch configmap ${nameOf(minor)} --type merge -p "$patch" >/dev/null`,
    );
    await command(leader, `patch=$(cat) && ${patch}`, { input });
  },
});

/** kubeadm's constants.GetKubeletConfigMapName: without the version from 1.24 on. */
function nameOf(minor: number): string {
  return minor < 24 ? `kubelet-config-1.${minor}` : "kubelet-config";
}

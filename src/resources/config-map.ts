import type { Host } from "../host.ts";
import { quote } from "../remote/shell.ts";
import { command } from "./command.ts";
import { type Edited, edited } from "./edited-file.ts";
import { unifiedDiff } from "./file.ts";
import { ADMIN_CONF, kubectl } from "./kubectl.ts";
import { defineResource } from "./resource.ts";

export interface ConfigMapArgs {
  readonly leader: Host;
  /** In the namespace kube-system. */
  readonly name: string;
  /** The key that holds the text: `config.conf`. */
  readonly key: string;
  /** Turns the current text into the wanted one. Idempotent; an empty text stays empty. */
  readonly edit: (text: string) => string;
}

/** A text that kubeadm keeps in the cluster: it gives it to machines that join, and reads it later. */
export const configMap = defineResource<ConfigMapArgs, Edited>({
  kind: "configmap",
  name: ({ name }) => name,
  async read(_, { leader, name, key, edit }) {
    const path = `{.data.${key.replaceAll(".", "\\.")}}`;
    const get = kubectl(leader, `-n kube-system get configmap ${name} -o jsonpath=${quote(path)}`);
    const { code, stdout } = await leader.read(`[ -f ${ADMIN_CONF} ] || exit 0\n${get} 2>/dev/null`);
    return edited(leader, `ConfigMap kube-system/${name}`, code === 0 ? stdout : "", edit);
  },
  /** Where the ConfigMap does not exist yet, `kubeadm init` writes the wanted text. */
  diff({ name, key }, { text, wanted }) {
    return wanted === text ? [] : [{ field: key, diff: unifiedDiff(name, text, wanted) }];
  },
  async apply(_, { leader, name, key }, { wanted }) {
    const input = JSON.stringify({ data: { [key]: wanted } });
    const patch = kubectl(leader, `-n kube-system patch configmap ${name} --type merge -p "$patch" >/dev/null`);
    await command(leader, `patch=$(cat) && ${patch}`, { input });
  },
});

/** kubeadm's constants.GetKubeletConfigMapName: without the version from 1.24 on. */
export function kubeletConfigMapName(minor: number): string {
  return minor < 24 ? `kubelet-config-1.${minor}` : "kubelet-config";
}

import { type JoinCredentials, joinConfig } from "../config/kubeadm.ts";
import type { Host } from "../host.ts";
import { bootstrapToken, caCertHash, kubernetesAuthorities } from "../pki/kubernetes.ts";
import { createBootstrapToken } from "../resources/bootstrap-token.ts";
import { kubeadmJoin } from "../resources/kubeadm.ts";
import type { Resource } from "../resources/resource.ts";
import type { Secret } from "../secret.ts";
import { kubernetesAuthorityOf } from "./authorities.ts";
import { leader } from "./leader.ts";
import { resolvConfOf } from "./resolv-conf.ts";
import { type Context, onceKey } from "./phase.ts";

const TOKEN = onceKey<Secret>("bootstrap token");
const JOIN_CREDENTIALS = onceKey<JoinCredentials>("join credentials");

/** The bootstrap token of this run. It is generated here, created in the cluster when a machine joins, and deleted at the end. */
export function token({ once }: Context): Promise<Secret> {
  return once(TOKEN, () => Promise.resolve(bootstrapToken()));
}

/** What a host joins with; the first call creates the token in the cluster. */
function joinCredentials(context: Context): Promise<JoinCredentials> {
  return context.once(JOIN_CREDENTIALS, async () => {
    const [files] = kubernetesAuthorities;
    if (!files) throw new Error("Kubernetes has no authority");
    const [ca, secret] = await Promise.all([kubernetesAuthorityOf(context, files), token(context)]);
    await createBootstrapToken(leader(context), secret);
    return { token: secret, caCertHash: caCertHash(ca.certificate) };
  });
}

export function join(host: Host, context: Context): Resource {
  return kubeadmJoin({
    leader: leader(context),
    controlPlane: host.machine.role === "master",
    config: async () =>
      joinConfig(context.cluster, host.machine, await joinCredentials(context), {
        resolvConf: resolvConfOf(host, context),
      }),
    flags: [],
  });
}

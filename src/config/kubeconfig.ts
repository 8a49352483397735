import type { Cluster } from "../inventory/cluster.ts";
import type { ClientCredentials } from "../pki/client.ts";
import { Secret } from "../secret.ts";
import { kubernetesYaml } from "./yaml.ts";

const USER = "kubernetes-admin";

/** A client configuration (kubeconfig) for the cluster's administrator, with the VIP as its server; its names are kubeadm's. */
export function adminKubeconfig({ name, loadBalancer }: Cluster, credentials: ClientCredentials): Secret {
  const { authorities, certificate, key } = credentials;
  const context = `${USER}@${name}`;
  const server = `https://${loadBalancer.vip}:${loadBalancer.port}`;
  const user = { "client-certificate-data": base64(certificate), "client-key-data": base64(key.reveal()) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { "certificate-authority-data": base64(authorities), server } }],
    users: [{ name: USER, user }],
    contexts: [{ name: context, context: { cluster: name, user: USER } }],
    "current-context": context,
  };
  return new Secret(kubernetesYaml(config));
}

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}

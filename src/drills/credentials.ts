import { createSecureContext, type SecureContext } from "node:tls";
import { parse } from "yaml";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { clusterOptions } from "../inventory/option.ts";
import { ETCD_PKI } from "../layout.ts";
import { READ_WITHIN } from "../remote/limits.ts";
import type { Host } from "../host.ts";
import type { Secret } from "../secret.ts";

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly "certificate-authority-data": string } }[];
  readonly users: readonly {
    readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string };
  }[];
}

/** Authority, certificate and key of an API client, from the cluster's admin configuration. */
export function apiCredentials(kubeconfig: Secret): SecureContext {
  const { clusters, users } = parse(kubeconfig.reveal()) as Kubeconfig;
  const pem = (data: string | undefined) => Buffer.from(data ?? "", "base64");
  return createSecureContext({
    ca: pem(clusters[0]?.cluster["certificate-authority-data"]),
    cert: pem(users[0]?.user["client-certificate-data"]),
    key: pem(users[0]?.user["client-key-data"]),
  });
}

/**
 * The certificate of etcd's health check, from the first master that has one. It is kept in memory only.
 * @throws TripodError E_REFUSED where no master has one
 */
export async function etcdCredentials(masters: readonly Host[], cluster: Cluster): Promise<SecureContext> {
  const files = ["ca.crt", "healthcheck-client.crt", "healthcheck-client.key"];
  const script = files.map((file) => `cat ${ETCD_PKI}/${file} && echo || exit`).join("\n");
  for (const master of masters) {
    const { code, stdout } = await master.connection.run(script, { within: READ_WITHIN });
    if (code !== 0) continue;
    const [ca, cert, key] = stdout.split(/^\n/m);
    return createSecureContext({ ca, cert, key });
  }
  throw new TripodError("E_REFUSED", "no master has a client certificate for etcd's health", {
    hint: `create it with \`tripod apply ${clusterOptions(cluster)}\``,
  });
}

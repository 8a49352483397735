import { parse } from "yaml";
import { adminKubeconfig } from "./config/kubeconfig.ts";
import { TripodError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Cluster } from "./inventory/cluster.ts";
import { clusterOptions } from "./inventory/option.ts";
import { clientCredentials, type ClientCredentials } from "./pki/client.ts";
import { ADMIN_CONF } from "./resources/kubectl.ts";
import { Secret } from "./secret.ts";

/** Bytes; kubeadm's has less than ten thousand. */
const LARGEST = 1 << 20;

/**
 * The cluster's admin configuration, pointing at the VIP; from the first master that has one. Only certificates and key are taken from
 * that file: a kubeconfig may also name programs that kubectl runs, and files that it reads, on the operator's machine.
 * @throws TripodError E_REFUSED if no master has one yet, or the first one found is not what kubeadm writes
 */
export async function readKubeconfig(masters: readonly Host[], cluster: Cluster): Promise<Secret> {
  for (const master of masters) {
    const { code, stdout } = await master.read(`[ -f ${ADMIN_CONF} ] && head -c ${LARGEST} ${ADMIN_CONF}`);
    if (code === 0) return adminKubeconfig(cluster, credentialsOf(stdout, master));
  }
  throw new TripodError("E_REFUSED", `no master has ${ADMIN_CONF}`, {
    origin: { file: cluster.file, line: 1, column: 1 },
    hint: `there is no cluster here yet; \`tripod apply ${clusterOptions(cluster)}\` creates one`,
  });
}

function credentialsOf(text: string, { name, machine: { origin } }: Host): ClientCredentials {
  try {
    const { clusters, users } = (parsed(text) ?? {}) as Readonly<Record<string, unknown>>;
    return clientCredentials({
      authorities: data(clusters, "cluster", "certificate-authority-data"),
      certificate: data(users, "user", "client-certificate-data"),
      key: new Secret(data(users, "user", "client-key-data")),
    });
  } catch (cause) {
    throw new TripodError("E_REFUSED", `${ADMIN_CONF} is not what kubeadm writes`, {
      host: name,
      origin,
      why: (cause as Error).message,
      hint: "find out who changed it; `kubeadm kubeconfig user --client-name kubernetes-admin --org kubeadm:cluster-admins` on that host prints a new one",
      cause,
    });
  }
}

/** The parser's message quotes the lines around a mistake, and these may hold the key. */
function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new Error("it is not valid YAML");
  }
}

/** From `[{NAME: {KEY: base64}}]`: kubeadm's file has one of each. */
function data(list: unknown, name: string, key: string): string {
  const [first] = Array.isArray(list) ? (list as unknown[]) : [];
  const value = (first as Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null | undefined)?.[
    name
  ]?.[key];
  if (typeof value !== "string") throw new Error(`it has no ${key}`);
  return Buffer.from(value, "base64").toString();
}

import { X509Certificate } from "node:crypto";
import type { Host } from "../host.ts";
import { API_SERVER_MANIFEST } from "../layout.ts";
import { KUBELET_CERTIFICATE } from "../resources/kubelet-certificate.ts";

/** What one machine has of a cluster, by its own files, whether or not anything runs. */
export interface MachineState {
  /** The API servers in its kubeconfigs: `https://10.0.0.10:8443`. */
  readonly servers: readonly { readonly file: string; readonly url: string }[];
  /** The name of its node, by its kubelet's client certificate (`system:node:NAME`). */
  readonly node?: string;
  /** A master's static pod of the API server; with the settings in its manifest. */
  readonly apiServer?: {
    readonly version?: string;
    readonly advertiseAddress?: string;
    readonly serviceSubnet?: string;
  };
}

const KUBECONFIGS = ["kubelet.conf", "bootstrap-kubelet.conf", "admin.conf"].map((name) => `/etc/kubernetes/${name}`);

export async function readMachineState(host: Host): Promise<MachineState> {
  const [servers, certificate, manifest] = await Promise.all([
    host.read(`grep -Hs '^ *server:' ${KUBECONFIGS.join(" ")}; true`),
    host.read(KUBELET_CERTIFICATE),
    host.read(`[ ! -e ${API_SERVER_MANIFEST} ] || { echo there; grep -E '^ *- --|image:' ${API_SERVER_MANIFEST}; }`),
  ]);
  const node = nodeOf(certificate.stdout);
  return {
    servers: [...servers.stdout.matchAll(/^(\S+?):\s*server:\s*(\S+)$/gm)].map(([, file = "", url = ""]) => ({
      file,
      url,
    })),
    ...(node && { node }),
    ...(manifest.stdout !== "" && { apiServer: apiServerOf(manifest.stdout) }),
  };
}

function nodeOf(pem: string): string | undefined {
  try {
    return /^CN=system:node:(\S+)$/m.exec(new X509Certificate(pem).subject)?.[1];
  } catch {
    return undefined;
  }
}

function apiServerOf(manifest: string): NonNullable<MachineState["apiServer"]> {
  const version = /image:\s*\S+\/kube-apiserver:v(\d+\.\d+\.\d+)/.exec(manifest)?.[1];
  const advertiseAddress = /--advertise-address=([\d.]+)/.exec(manifest)?.[1];
  const serviceSubnet = /--service-cluster-ip-range=([\d./]+)/.exec(manifest)?.[1];
  return {
    ...(version && { version }),
    ...(advertiseAddress && { advertiseAddress }),
    ...(serviceSubnet && { serviceSubnet }),
  };
}

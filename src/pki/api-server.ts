import { KUBERNETES_PKI } from "../layout.ts";
import { type CertificateFiles, privateFile, publicFile } from "./files.ts";

const STEM = `${KUBERNETES_PKI}/apiserver`;

export interface ApiServerNames {
  /** The node's name, and its address. */
  readonly name: string;
  readonly address: string;
  readonly dnsDomain: string;
  /** The first address of the services' subnet: the Service `kubernetes`. */
  readonly serviceAddress: string;
  /** Additional names and addresses. */
  readonly sans: readonly string[];
}

/**
 * The serving certificate of an API server, as kubeadm would create it (pkiutil.GetAPIServerAltNames): kubeadm uses an existing one, and the
 * API server reads it again within a minute of a change, without a restart.
 */
export function apiServerCertificate({
  name,
  address,
  dnsDomain,
  serviceAddress,
  sans,
}: ApiServerNames): CertificateFiles {
  const service = "kubernetes.default.svc";
  const names = [name, "kubernetes", "kubernetes.default", service, `${service}.${dnsDomain}`, serviceAddress, address];
  return {
    certificate: publicFile(`${STEM}.crt`),
    key: privateFile(`${STEM}.key`),
    request: {
      commonName: "kube-apiserver",
      usages: ["serverAuth"],
      sans: [...new Set([...names, ...sans])],
      keys: "rsa-2048",
      validityDays: 365,
    },
  };
}

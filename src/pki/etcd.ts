import { ETCD_PKI, KUBERNETES_PKI } from "../layout.ts";
import type { CertificateRequest } from "./authority.ts";
import { type AuthorityFiles, type CertificateFiles, privateFile, publicFile, type PkiFile } from "./files.ts";
import type { KeyAlgorithm } from "./keys.ts";

/** The authority of the external etcd; its key is on the masters only. kubeadm's API servers read the certificate from their own folder. */
export const etcdAuthority: AuthorityFiles = {
  commonName: "etcd-ca",
  certificate: publicFile(`${ETCD_PKI}/ca.crt`),
  key: privateFile(`${ETCD_PKI}/ca.key`),
  copies: [publicFile(`${KUBERNETES_PKI}/etcd/ca.crt`)],
};

export interface CertificateSettings {
  readonly keys: KeyAlgorithm;
  /** days */
  readonly validity: number;
}

/**
 * What a master needs for its etcd member and its API server, names as in kubeadm. A server is a client too, because etcd connects
 * to itself through its gateway. The clients have no organization: etcd reads none, and the cluster's authority has not signed them.
 */
export function etcdCertificates(
  machine: { readonly name: string; readonly address: string },
  { keys, validity }: CertificateSettings,
): CertificateFiles[] {
  const life = { keys, validityDays: validity };
  const sans = [machine.name, machine.address, "localhost", "127.0.0.1", "::1"];
  const member: CertificateRequest = { commonName: machine.name, usages: ["serverAuth", "clientAuth"], sans, ...life };
  const client = (commonName: string): CertificateRequest => ({
    commonName,
    usages: ["clientAuth"],
    sans: [],
    ...life,
  });
  return [
    pair(`${ETCD_PKI}/server`, member, etcdsKey),
    pair(`${ETCD_PKI}/peer`, member, etcdsKey),
    pair(`${ETCD_PKI}/healthcheck-client`, client("kube-etcd-healthcheck-client")),
    pair(`${KUBERNETES_PKI}/apiserver-etcd-client`, client("kube-apiserver-etcd-client")),
  ];
}

function pair(stem: string, request: CertificateRequest, keyFile = privateFile): CertificateFiles {
  return { certificate: publicFile(`${stem}.crt`), key: keyFile(`${stem}.key`), request };
}

/** The unit runs as the user etcd, which may read its keys but not replace them. */
function etcdsKey(path: string): PkiFile {
  return { path, mode: 0o640, owner: "root", group: "etcd" };
}

import { createHash, randomInt } from "node:crypto";
import { KUBERNETES_PKI } from "../layout.ts";
import { Secret } from "../secret.ts";
import { type Authority, createAuthority } from "./authority.ts";
import { openCertificate, spki } from "./certificate.ts";
import { type AuthorityFiles, privateFile, publicFile } from "./files.ts";
import { generateKey, publicHalf } from "./keys.ts";

/** The cluster's own authorities, where kubeadm expects them; created before the first `init`, so that no master is special. */
export const kubernetesAuthorities: readonly AuthorityFiles[] = [
  authority("kubernetes", "ca"),
  authority("front-proxy-ca", "front-proxy-ca"),
];

/** The key pair for service account tokens; modes as kubeadm's. */
export const serviceAccountFiles = {
  key: privateFile(`${KUBERNETES_PKI}/sa.key`),
  publicKey: privateFile(`${KUBERNETES_PKI}/sa.pub`),
};

export interface ServiceAccountKeys {
  readonly key: Secret;
  readonly publicKey: string;
}

/** As kubeadm would create it: RSA-2048, ten years. */
export function createKubernetesAuthority({ commonName }: AuthorityFiles, now: Date): Promise<Authority> {
  return createAuthority({ commonName, keys: "rsa-2048", validityDays: 3650 }, now);
}

export async function createServiceAccountKeys(): Promise<ServiceAccountKeys> {
  const key = await generateKey("rsa-2048");
  return { key, publicKey: publicHalf(key) };
}

/** The pin of the cluster's authority in kubeadm's discovery (`caCertHashes`): `sha256:` and the hex digest of its SubjectPublicKeyInfo. */
export function caCertHash(certificate: string): string {
  return `sha256:${createHash("sha256")
    .update(spki(openCertificate(certificate).publicKey))
    .digest("hex")}`;
}

/** A token for kubeadm's discovery, `[a-z0-9]{6}.[a-z0-9]{16}`; every character equally likely. */
export function bootstrapToken(): Secret {
  return new Secret(`${characters(6)}.${characters(16)}`);
}

function characters(count: number): string {
  return Array.from({ length: count }, () => randomInt(36).toString(36)).join("");
}

function authority(commonName: string, stem: string): AuthorityFiles {
  return {
    commonName,
    certificate: publicFile(`${KUBERNETES_PKI}/${stem}.crt`),
    key: privateFile(`${KUBERNETES_PKI}/${stem}.key`),
    copies: [],
  };
}

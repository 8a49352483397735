import { createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import { TripodError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { certify, type Issuer, issuerOf, openCertificate, selfIssuer, type Subject } from "./certificate.ts";
import { authorityExtensions, leafExtensions, type Usages } from "./extensions.ts";
import { generateKey, type KeyAlgorithm, openKey } from "./keys.ts";

/** A certificate and the private key that belongs to it, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: Secret;
}

export type Authority = KeyPair;

export interface AuthorityRequest extends Subject {
  readonly keys: KeyAlgorithm;
  readonly validityDays: number;
}

export interface CertificateRequest extends AuthorityRequest {
  readonly usages: Usages;
  /** DNS names and IP addresses. */
  readonly sans: readonly string[];
}

const DAY = 86_400_000;
/** ms. A host whose clock is behind ours must accept a new certificate at once; kubeadm dates back by the same (CertificateBackdate). */
const BACKDATE = 5 * 60_000;

/** Creates a self-signed certificate authority. */
export async function createAuthority(request: AuthorityRequest, now: Date): Promise<Authority> {
  const key = await generateKey(request.keys);
  const privateKey = openKey(key);
  const publicKey = createPublicKey(privateKey);
  const contents = { subject: request, publicKey, extensions: authorityExtensions(publicKey), ...life(request, now) };
  return { certificate: certify(contents, selfIssuer(request, publicKey, privateKey)), key };
}

/** Creates a key and its certificate. Throws E_REFUSED when the authority cannot be read, is not a CA, has expired, or its key does not match. */
export async function issue(authority: Authority, request: CertificateRequest, now: Date): Promise<KeyPair> {
  const issuer = openAuthority(authority, now);
  const key = await generateKey(request.keys);
  const publicKey = createPublicKey(openKey(key));
  const extensions = leafExtensions(publicKey, request.usages, request.sans);
  return { certificate: certify({ subject: request, publicKey, extensions, ...life(request, now) }, issuer), key };
}

function life({ validityDays }: AuthorityRequest, now: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - BACKDATE), notAfter: new Date(now.getTime() + validityDays * DAY) };
}

function openAuthority(authority: Authority, now: Date): Issuer {
  const certificate = openCertificate(authority.certificate);
  const key = openKey(authority.key);
  const problem = whyUnfit(certificate, key, now);
  if (!problem) return issuerOf(certificate, key);
  throw new TripodError(
    "E_REFUSED",
    `the authority “${certificate.subject.replaceAll("\n", ", ")}” cannot sign: ${problem}`,
    {
      hint: "restore the authority's own certificate and key: a new authority would make every certificate that this one has signed invalid",
    },
  );
}

function whyUnfit(certificate: X509Certificate, key: KeyObject, now: Date): string | undefined {
  if (!certificate.ca) return "its certificate is not a CA certificate";
  if (!certificate.checkPrivateKey(key)) return "its key does not belong to its certificate";
  if (Date.parse(certificate.validTo) <= now.getTime()) return `it expired on ${certificate.validTo}`;
  return undefined;
}

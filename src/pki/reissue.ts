import type { X509Certificate } from "node:crypto";
import type { Secret } from "../secret.ts";
import type { CertificateRequest } from "./authority.ts";
import { openCertificate, type Subject } from "./certificate.ts";
import { dottedOid } from "./der.ts";
import type { Usage } from "./extensions.ts";
import { algorithmOf, openKey } from "./keys.ts";
import { canonicalSans, parseSans } from "./names.ts";

/** What a host has: the PEM of both files, where they exist. */
export interface CurrentPair {
  readonly certificate?: string;
  readonly key?: Secret;
}

const DAY = 86_400_000;
const USAGES: readonly Usage[] = ["serverAuth", "clientAuth"];

/**
 * Why a host's certificate differs from the requested one, in a few words each; none: it is kept. `authority` is the PEM of the authority's
 * certificate (throws E_REFUSED when it cannot be read); `renewBefore` is in days of remaining life.
 */
export function reasonsToReissue(
  current: CurrentPair,
  request: CertificateRequest,
  authority: string,
  now: Date,
  renewBefore: number,
): string[] {
  const pem = current.certificate;
  if (pem === undefined) return ["missing"];
  const certificate = readable(() => openCertificate(pem));
  if (!certificate) return ["the certificate cannot be read"];
  return [
    ...issuerReasons(certificate, openCertificate(authority)),
    ...lifeReasons(certificate, now, renewBefore),
    ...validityReasons(certificate, request.validityDays, openCertificate(authority)),
    ...subjectReasons(certificate, request),
    ...sanReasons(certificate, request.sans),
    ...usageReasons(certificate, request.usages),
    ...keyReasons(certificate, current.key, request),
  ];
}

function issuerReasons(certificate: X509Certificate, authority: X509Certificate): string[] {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey) ? [] : ["signed by another CA"];
}

function lifeReasons(certificate: X509Certificate, now: Date, renewBefore: number): string[] {
  if (now.getTime() < Date.parse(certificate.validFrom)) return [`not valid before ${certificate.validFrom}`];
  const left = (Date.parse(certificate.validTo) - now.getTime()) / DAY;
  if (left <= 0) return ["expired"];
  if (left >= renewBefore) return [];
  const days = Math.floor(left);
  return [days === 0 ? "expires within a day" : `expires in ${days} day${days === 1 ? "" : "s"}`];
}

/** Rounding may add or remove a day. A certificate that kubeadm has renewed begins when its authority does: its intended life is not known. */
function validityReasons(
  { validFrom, validTo }: X509Certificate,
  wanted: number,
  authority: X509Certificate,
): string[] {
  if (validFrom === authority.validFrom) return [];
  const days = Math.round((Date.parse(validTo) - Date.parse(validFrom)) / DAY);
  return Math.abs(days - wanted) <= 1 ? [] : [`is valid for ${days} days instead of ${wanted}`];
}

function subjectReasons(certificate: X509Certificate, { commonName, organization }: Subject): string[] {
  const has = Object.entries(certificate.toLegacyObject().subject).map(([name, value]) => `${name}=${String(value)}`);
  const wanted = [...(organization === undefined ? [] : [`O=${organization}`]), `CN=${commonName}`];
  const [a, b] = [has.join(", "), wanted.join(", ")];
  return a === b ? [] : [`subject is ${a} instead of ${b}`];
}

function sanReasons(certificate: X509Certificate, sans: readonly string[]): string[] {
  const [has, wanted] = [parseSans(certificate.subjectAltName), canonicalSans(sans)];
  return [
    ...wanted.filter((san) => !has.includes(san)).map((san) => `SAN ${san} is missing`),
    ...has.filter((san) => !wanted.includes(san)).map((san) => `SAN ${san} is no longer wanted`),
  ];
}

function usageReasons(certificate: X509Certificate, usages: readonly Usage[]): string[] {
  const has = (certificate.keyUsage as string[] | undefined) ?? []; // undefined where there is no such extension, despite its type
  return USAGES.flatMap((usage) => {
    if (usages.includes(usage) === has.includes(dottedOid(usage))) return [];
    return [`usage ${usage} is ${usages.includes(usage) ? "missing" : "no longer wanted"}`];
  });
}

function keyReasons(certificate: X509Certificate, key: Secret | undefined, request: CertificateRequest): string[] {
  if (!key) return ["the key is missing"];
  const privateKey = readable(() => openKey(key));
  if (!privateKey) return ["the key cannot be read"];
  if (!certificate.checkPrivateKey(privateKey)) return ["the key does not belong to the certificate"];
  const algorithm = algorithmOf(privateKey);
  return algorithm === request.keys ? [] : [`key is ${algorithm} instead of ${request.keys}`];
}

/** What cannot be parsed counts as missing: it is somebody's file, not our bug. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

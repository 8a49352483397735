import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { TripodError } from "../errors.ts";
import * as der from "./der.ts";
import { findKeyIdentifier, keyIdentifiers } from "./extensions.ts";

export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
}

export interface Contents {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly extensions: readonly der.Asn1Node[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The signer. Its name is copied from the issuer's own certificate byte for byte, because that is how verifiers compare it. */
export interface Issuer {
  readonly name: der.Asn1Node;
  readonly keyId: Buffer;
  readonly key: KeyObject;
}

/** An X.509 v3 certificate (RFC 5280) as PEM: encoded by node-forge, which does not support elliptic curves, and signed by node:crypto with SHA-256. */
export function certify(contents: Contents, issuer: Issuer): string {
  const { subject, publicKey, extensions, notBefore, notAfter } = contents;
  const algorithm = signatureAlgorithm(issuer.key);
  const toBeSigned = der.sequence(
    der.tagged(0, der.asn1Integer(Buffer.of(2))), // v3
    der.asn1Integer(serialNumber()),
    algorithm,
    issuer.name,
    der.sequence(der.time(notBefore), der.time(notAfter)),
    distinguishedName(subject),
    der.decode(spki(publicKey)),
    der.tagged(3, der.sequence(...extensions, ...keyIdentifiers(keyIdentifier(publicKey), issuer.keyId))),
  );
  const signature = sign("sha256", der.encode(toBeSigned), issuer.key);
  return new X509Certificate(der.encode(der.sequence(toBeSigned, algorithm, der.bits(signature)))).toString();
}

/** An issuer that signs its own certificate. */
export function selfIssuer(subject: Subject, publicKey: KeyObject, key: KeyObject): Issuer {
  return { name: distinguishedName(subject), keyId: keyIdentifier(publicKey), key };
}

/** An issuer whose certificate already exists, whoever created it. */
export function issuerOf(certificate: X509Certificate, key: KeyObject): Issuer {
  const fields = der.children(der.children(der.decode(certificate.raw))[0]);
  const extensions = der.children(der.children(fields.at(-1))[0]);
  return {
    name: fields[5] ?? der.sequence(),
    keyId: findKeyIdentifier(extensions) ?? keyIdentifier(certificate.publicKey),
    key,
  };
}

/** Parses PEM. Throws E_REFUSED when that is not possible. */
export function openCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new TripodError("E_REFUSED", "the certificate is not valid PEM", {
      cause,
      hint: "restore a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----",
    });
  }
}

/** DER of the SubjectPublicKeyInfo. */
export function spki(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}

/** Any unique value is allowed (RFC 5280, 4.2.1.2): here the start of a SHA-256 of the public key, as in RFC 7093, to avoid SHA-1. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha256").update(spki(publicKey)).digest().subarray(0, 20);
}

function distinguishedName({ commonName, organization }: Subject): der.Asn1Node {
  const attribute = (name: der.OidName, value: string) => der.set(der.sequence(der.oid(name), der.utf8(value)));
  return der.sequence(
    ...(organization === undefined ? [] : [attribute("organizationName", organization)]),
    attribute("commonName", commonName),
  );
}

/** 16 bytes that are a positive INTEGER in its shortest form: the first bit clear, the second set. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8() & 0x3f) | 0x40);
  return serial;
}

/** AlgorithmIdentifier: the parameters are NULL for RSA (RFC 4055) and absent for ECDSA (RFC 5758). */
function signatureAlgorithm(key: KeyObject): der.Asn1Node {
  if (key.asymmetricKeyType === "ec") return der.sequence(der.oid("ecdsaWithSha256"));
  if (key.asymmetricKeyType === "rsa") return der.sequence(der.oid("sha256WithRsa"), der.nothing());
  throw new TripodError(
    "E_REFUSED",
    `cannot sign certificates with a key of type ${key.asymmetricKeyType ?? "secret"}`,
    {
      hint: "use a certificate authority with an RSA or an ECDSA key",
    },
  );
}

import type { KeyObject } from "node:crypto";
import * as der from "./der.ts";
import { generalNames } from "./names.ts";

export type Usage = "serverAuth" | "clientAuth";

/** Every certificate has a usage: without an extended key usage it would be valid for every purpose. */
export type Usages = readonly [Usage, ...Usage[]];

const KEY_USAGE_BITS = { digitalSignature: 0x80, keyEncipherment: 0x20, keyCertSign: 0x04 } as const;

/** The extensions of a certificate authority's certificate. */
export function authorityExtensions(publicKey: KeyObject): der.Asn1Node[] {
  return [
    extension("basicConstraints", der.sequence(der.yes()), true),
    extension("keyUsage", keyUsage(publicKey, KEY_USAGE_BITS.keyCertSign), true),
  ];
}

/** The extensions of the certificate of a server or a client. */
export function leafExtensions(publicKey: KeyObject, usages: Usages, sans: readonly string[]): der.Asn1Node[] {
  const leaf = [
    extension("basicConstraints", der.sequence(), true),
    extension("keyUsage", keyUsage(publicKey), true),
    extension("extKeyUsage", der.sequence(...usages.map(der.oid))),
  ];
  return sans.length === 0 ? leaf : [...leaf, extension("subjectAltName", generalNames(sans))];
}

/** The identifiers of the certified key and of the signing key, raw bytes. OpenSSL's strict checks require both in every certificate. */
export function keyIdentifiers(own: Buffer, issuers: Buffer): der.Asn1Node[] {
  return [
    extension("subjectKeyIdentifier", der.octets(own)),
    extension("authorityKeyIdentifier", der.sequence(der.tagged(0, issuers))),
  ];
}

/** The subject key identifier among these extensions, if present. */
export function findKeyIdentifier(extensions: readonly der.Asn1Node[]): Buffer | undefined {
  const found = extensions.map(der.children).find(([id]) => der.isOid(id, "subjectKeyIdentifier"));
  return found && der.content(der.decode(der.content(found.at(-1))));
}

function extension(name: der.OidName, value: der.Asn1Node, critical = false): der.Asn1Node {
  return der.sequence(der.oid(name), ...(critical ? [der.yes()] : []), der.octets(der.encode(value)));
}

/** keyEncipherment is RSA's key transport; with ECDSA it must not be set (RFC 8813). */
function keyUsage(publicKey: KeyObject, more = 0): der.Asn1Node {
  const transport = publicKey.asymmetricKeyType === "rsa" ? KEY_USAGE_BITS.keyEncipherment : 0;
  const flags = KEY_USAGE_BITS.digitalSignature | transport | more;
  const unused = 31 - Math.clz32(flags & -flags);
  return der.bits(Buffer.of(flags), unused);
}

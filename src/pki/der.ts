import forge from "node-forge";

/** The ASN.1 types that a certificate consists of, on top of node-forge's encoder. */
const { asn1, util } = forge;
const { Class, Type } = asn1;

export type Asn1Node = forge.asn1.Asn1;

const OIDS = {
  commonName: "2.5.4.3",
  organizationName: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  sha256WithRsa: "1.2.840.113549.1.1.11",
} as const;

export type OidName = keyof typeof OIDS;

const primitive = (type: forge.asn1.Type, bytes: string): Asn1Node => asn1.create(Class.UNIVERSAL, type, false, bytes);
const latin1 = (bytes: Buffer): string => bytes.toString("latin1");

export const sequence = (...items: Asn1Node[]): Asn1Node => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
export const set = (...items: Asn1Node[]): Asn1Node => asn1.create(Class.UNIVERSAL, Type.SET, true, items);
export const yes = (): Asn1Node => primitive(Type.BOOLEAN, "\xff");
export const nothing = (): Asn1Node => primitive(Type.NULL, "");
export const oid = (name: OidName): Asn1Node => primitive(Type.OID, asn1.oidToDer(OIDS[name]).getBytes());
export const utf8 = (text: string): Asn1Node => primitive(Type.UTF8, util.encodeUtf8(text));
export const asn1Integer = (bytes: Buffer): Asn1Node => primitive(Type.INTEGER, latin1(bytes));
export const octets = (bytes: Buffer): Asn1Node => primitive(Type.OCTETSTRING, latin1(bytes));
export const bits = (bytes: Buffer, unused = 0): Asn1Node =>
  primitive(Type.BITSTRING, String.fromCharCode(unused) + latin1(bytes));

/** UTCTime has two digits for the year and ends with 2049 (RFC 5280, 4.1.2.5). */
export const time = (date: Date): Asn1Node =>
  date.getUTCFullYear() < 2050
    ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));

/** A context-specific tag: implicit around bytes, explicit around a node. */
export function tagged(tag: number, content: Buffer | Asn1Node): Asn1Node {
  const [constructed, value] = Buffer.isBuffer(content) ? [false, latin1(content)] : [true, [content]];
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- forge's typings know universal tags only
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, constructed, value);
}

export const encode = (node: Asn1Node): Buffer => Buffer.from(asn1.toDer(node).getBytes(), "latin1");
export const decode = (der: Buffer): Asn1Node => asn1.fromDer(latin1(der));

/** What is in a constructed node; nothing in a primitive one. */
export const children = (node: Asn1Node | undefined): Asn1Node[] => (Array.isArray(node?.value) ? node.value : []);
/** The bytes of a primitive node; none of a constructed one. */
export const content = (node: Asn1Node | undefined): Buffer =>
  Buffer.from(typeof node?.value === "string" ? node.value : "", "latin1");
export const isOid = (node: Asn1Node | undefined, name: OidName): boolean => content(node).equals(content(oid(name)));
export const dottedOid = (name: OidName): string => OIDS[name];

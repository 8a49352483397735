import { createHash } from "node:crypto";

/** An OpenPGP certificate with one primary key. */
export interface PublicKey {
  /** Of the primary key: 40 hex digits in upper case. */
  readonly fingerprint: string;
  /** The certificate as it was read, armored again: without any other text. */
  readonly armored: string;
}

const [BEGIN, END] = ["-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----"];
/** Packet tags (RFC 4880, 4.3). */
const [PUBLIC_KEY, SIGNATURE, PUBLIC_SUBKEY] = [6, 2, 14];
const [USER_ID, USER_ATTRIBUTE] = [13, 17];
const KNOWN = new Set([PUBLIC_KEY, SIGNATURE, PUBLIC_SUBKEY, USER_ID, USER_ATTRIBUTE]);

/**
 * Reads an armored public key (RFC 4880, 6.2). A package manager trusts every key in a file, so a file with more than one is refused.
 * @throws Error with the reason
 */
export function parsePublicKey(text: string): PublicKey {
  const blocks = text.split(BEGIN).slice(1);
  if (blocks.length !== 1) throw new Error(`it has ${blocks.length} public key blocks instead of one`);
  const [inside = "", ...after] = (blocks[0] ?? "").replaceAll("\r", "").split(END);
  if (after.length !== 1) throw new Error("its public key block does not end");
  // Armor headers (`Version: …`) end with an empty line; the last line, `=` and four characters, is a checksum.
  const [, body = ""] = /^\n(?:[^\n]+\n)*?[ \t]*\n([\s\S]*)$/.exec(inside) ?? [];
  const lines = body.split("\n").filter((line) => line !== "" && !/^=.{4}$/.test(line));
  if (lines.length === 0 || !lines.every((line) => /^[A-Za-z0-9+/]+={0,2}$/.test(line)))
    throw new Error("its public key block is not in base64");
  const bytes = Buffer.from(lines.join(""), "base64");
  const packets = [...packetsOf(bytes)];
  const [first, ...others] = packets;
  if (first?.tag !== PUBLIC_KEY) throw new Error("it does not begin with a public key");
  if (others.some(({ tag }) => tag === PUBLIC_KEY)) throw new Error("it contains more than one public key");
  const strange = packets.find(({ tag }) => !KNOWN.has(tag));
  if (strange) throw new Error(`it contains a packet of type ${strange.tag}, which a public key does not have`);
  return { fingerprint: fingerprintOf(first.body), armored: armored(bytes) };
}

/** RFC 4880, 12.2: SHA-1 over 0x99, the packet's length in two bytes, and the packet. */
function fingerprintOf(body: Buffer): string {
  if (body[0] !== 4)
    throw new Error(`its public key has version ${body[0] ?? "none"}, and only version 4 is understood`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return createHash("sha1").update(Buffer.of(0x99)).update(length).update(body).digest("hex").toUpperCase();
}

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

/** RFC 4880, 4.2. @throws Error where a packet is incomplete, or has no definite length */
function* packetsOf(bytes: Buffer): Generator<Packet> {
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    if ((first & 0x80) === 0) throw new Error("it is not made of OpenPGP packets");
    const isNew = (first & 0x40) !== 0;
    const { size, length } = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, first & 0x03);
    const begin = at + 1 + size;
    at = begin + length;
    if (at > bytes.length) throw new Error("it is cut off");
    yield { tag: isNew ? first & 0x3f : (first >> 2) & 0x0f, body: bytes.subarray(begin, at) };
  }
}

/** `size`: bytes of the length itself. */
interface Length {
  readonly size: number;
  readonly length: number;
}

function oldLength(bytes: Buffer, at: number, kind: number): Length {
  if (kind === 3) throw new Error("it has a packet without a length");
  const size = 2 ** kind;
  return { size, length: readNumber(bytes, at, size) };
}

function newLength(bytes: Buffer, at: number): Length {
  const first = readNumber(bytes, at, 1);
  if (first < 192) return { size: 1, length: first };
  if (first < 224) return { size: 2, length: ((first - 192) << 8) + readNumber(bytes, at + 1, 1) + 192 };
  if (first < 255) throw new Error("it has a packet without a length");
  return { size: 5, length: readNumber(bytes, at + 1, 4) };
}

function readNumber(bytes: Buffer, at: number, size: number): number {
  if (at + size > bytes.length) throw new Error("it is cut off");
  return bytes.readUIntBE(at, size);
}

function armored(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [BEGIN, "", ...lines, `=${checksum(bytes).toString("base64")}`, END, ""].join("\n");
}

/** CRC-24 (RFC 4880, 6.1): some readers insist on it. */
function checksum(bytes: Buffer): Buffer {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1)
      crc = crc & 0x800000 ? ((crc << 1) ^ 0x1864cfb) & 0xffffff : (crc << 1) & 0xffffff;
  }
  const three = Buffer.alloc(3);
  three.writeUIntBE(crc, 0, 3);
  return three;
}

import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Path, Problem } from "./problem.ts";

/** OpenSSH's own and PEM's private keys (RFC 7468), and PuTTY's. */
const PRIVATE = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s*$|^PuTTY-User-Key-File-\d/m;
/** A line of an authorized_keys file, of known types (sshd(8)); PEM's and RFC 4716's public keys. */
const PUBLIC =
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-(?:ssh|ecdsa)-\S+) +AAAA|^-{4,5} ?BEGIN (?:SSH2 |RSA )?PUBLIC KEY/m;

/** Bytes of the largest key file, with room to spare: one of RSA with 16384 bits has 13 kB. */
const MOST_BYTES = 64 * 1024;

/**
 * What of a key file that can be read is not a private key. Whether it is encrypted, and of a kind that can be used, turns out at login:
 * the agent may have the key.
 * @param path its place in the inventory
 * @param absolute where it is
 * @param written as in the inventory
 * @throws Error of the file system
 */
export async function wrongKey(path: Path, absolute: string, written: string): Promise<Problem[]> {
  const text = await beginning(absolute);
  if (PRIVATE.test(text)) return [];
  if (!PUBLIC.test(text)) return [{ path, message: `${absolute} contains no private key`, hint: SET_PRIVATE }];
  const own = /\.pub$/.test(absolute) && existsSync(absolute.slice(0, -".pub".length));
  const hint = own ? `use ${written.slice(0, -".pub".length)}` : SET_PRIVATE;
  return [{ path, message: `${absolute} is a public key`, hint }];
}

const SET_PRIVATE = "name the file of the private key";

async function beginning(file: string): Promise<string> {
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await opened.close();
  }
}

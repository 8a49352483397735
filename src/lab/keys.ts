import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { local } from "./local.ts";
import type { Station } from "./topology.ts";

/** Creates an ed25519 key pair in OpenSSH's format if it is missing; returns the public key, `ssh-ed25519 AAAA…`. */
export async function keyPair(file: string, comment: string): Promise<string> {
  if (!existsSync(file)) {
    // Under a temporary name first: after a crash, a key without its public half would stay that way.
    const fresh = `${file}.new`;
    await local(["rm", "-f", fresh, `${fresh}.pub`]);
    await local(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", fresh]);
    await rename(`${fresh}.pub`, `${file}.pub`);
    await rename(fresh, file);
  }
  const [type = "", key = ""] = (await readFile(`${file}.pub`, "utf8")).split(" ");
  return `${type} ${key}`;
}

/** A host's lines of a known_hosts file, sshd(8): one for each address and port. */
export function knownHosts({ addresses, ports }: Pick<Station, "addresses" | "ports">, publicKey: string): string {
  const endpoints = addresses.flatMap((address) =>
    ports.map((port) => (port === 22 ? address : `[${address}]:${port}`)),
  );
  return endpoints.map((endpoint) => `${endpoint} ${publicKey}\n`).join("");
}

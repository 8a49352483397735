import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { TripodError } from "../errors.ts";

/** One line of a known_hosts file. */
export interface KnownKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** As it goes over the wire. */
  readonly key: Buffer;
  readonly file: string;
  readonly line: number;
}

/** All entries of known_hosts files for one host. */
export interface KnownHost {
  readonly keys: readonly KnownKey[];
  /** Keys that must never be accepted again. */
  readonly revoked: readonly KnownKey[];
  /** Certificate authorities for the host; Tripod does not support host certificates. */
  readonly authorities: readonly KnownKey[];
}

const MARKERS: Readonly<Record<string, keyof KnownHost>> = { "@revoked": "revoked", "@cert-authority": "authorities" };

/**
 * What the files record for a host. Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". A port other than 22 is looked up as
 * `[host]:port` alone. Missing files are empty; invalid lines are ignored, as OpenSSH does.
 * @throws E_LOCAL if a file exists but cannot be read
 */
export async function lookupHost(files: readonly string[], host: string, port: number): Promise<KnownHost> {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase();
  const known = { keys: [] as KnownKey[], revoked: [] as KnownKey[], authorities: [] as KnownKey[] };
  for (const file of files) {
    const lines = (await readIfThere(file)).split("\n");
    for (const [index, line] of lines.entries()) {
      const entry = parseLine(line);
      if (entry && matches(entry.hosts, name))
        known[entry.as].push({ type: entry.type, key: entry.key, file, line: index + 1 });
    }
  }
  return known;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new TripodError("E_LOCAL", `cannot read ${file}`, {
      why: String(cause),
      hint: "check that it exists and that you may read it",
      cause,
    });
  }
}

function parseLine(line: string) {
  const words = line.trim().split(/\s+/);
  if (words[0]?.startsWith("#")) return undefined;
  const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
  const as = marker === undefined ? "keys" : MARKERS[marker];
  const [hosts, type, base64] = words;
  if (!as || !hosts || !type || !base64) return undefined;
  const key = Buffer.from(base64, "base64");
  // The first field of a key is its type: a 32-bit length, then the name.
  return key.subarray(4, 4 + type.length).toString() === type ? { as, hosts, type, key } : undefined;
}

/** `hosts`: one hashed name, or patterns with commas between, where a matching `!pattern` excludes the host. */
function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith("|1|")) {
    const [, , salt = "", hash] = hosts.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  const patterns = hosts.toLowerCase().split(",");
  const fits = (pattern: string) => globToRegExp(pattern).test(name);
  return !patterns.some((each) => each.startsWith("!") && fits(each.slice(1))) && patterns.some(fits);
}

function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
  return new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

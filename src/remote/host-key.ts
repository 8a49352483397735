import { createHash } from "node:crypto";
import { TripodError, type Origin } from "../errors.ts";
import type { SshTarget } from "../inventory/cluster.ts";
import type { KnownHost, KnownKey } from "./known-hosts.ts";
import { quote } from "./shell.ts";

/** Signature algorithms by key type. `ssh-rsa` signs with SHA-2 only: RFC 8332; OpenSSH has refused SHA-1 since 8.8. */
const ALGORITHMS = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
} as const;

export type HostKeyAlgorithm = (typeof ALGORITHMS)[keyof typeof ALGORITHMS][number];

/** The host key algorithms to request: those of the recorded keys, because only these can be compared; all for an unknown host, to show its key. */
export function hostKeyAlgorithms({ keys }: KnownHost): HostKeyAlgorithm[] {
  const recorded = Object.entries(ALGORITHMS).filter(([type]) => keys.some((key) => key.type === type));
  return (recorded.length > 0 ? recorded : Object.entries(ALGORITHMS)).flatMap(([, algorithms]) => [...algorithms]);
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

export interface Asked {
  readonly host: string;
  readonly origin?: Origin;
  readonly target: SshTarget;
}

/** Checks the key that a host presents: undefined if it is a recorded one, else an E_HOST_KEY. */
export function judgeHostKey(shown: Buffer, known: KnownHost, asked: Asked): TripodError | undefined {
  const { host, origin, target } = asked;
  const type = shown.subarray(4, 4 + shown.readUInt32BE(0)).toString();
  const key = `${type} ${fingerprint(shown)}`;
  const revoked = known.revoked.find((each) => each.key.equals(shown));
  if (revoked) {
    const why = `revoked at ${place(revoked)}: ${key}`;
    const hint = "somebody else may have that key; create new host keys on the machine, then record them";
    return new TripodError("E_HOST_KEY", "it presents a revoked host key", { host, origin, why, hint });
  }
  if (known.keys.some((each) => each.key.equals(shown))) return undefined;
  const recorded = known.keys.filter((each) => each.type in ALGORITHMS);
  if (recorded.length > 0) return changed(`it presents ${key}`, recorded, asked);
  const message = `its host key is unknown: ${key}`;
  const hint = `compare it with the key on the machine (${localCheck(type)}); if they are equal, record it: ${keyscan(type, target)}`;
  return new TripodError("E_HOST_KEY", message, { host, origin, why: nothingRecorded(known, target), hint });
}

/** The host has keys, but none of a recorded type. */
export function noRecordedType(known: KnownHost, asked: Asked): TripodError {
  return changed("it presents no key of a recorded type", known.keys, asked);
}

function changed(shows: string, recorded: readonly KnownKey[], { host, origin, target }: Asked): TripodError {
  const why = [shows, ...recorded.map((each) => `recorded at ${place(each)}: ${each.type} ${fingerprint(each.key)}`)];
  const name = target.port === 22 ? target.address : `[${target.address}]:${target.port}`;
  const forget = `ssh-keygen -R ${quote(name)} -f ${quote(recorded[0]?.file ?? "")}`;
  const hint = `if the machine was reinstalled, remove the old key (${forget}) and record the new one (${keyscan(undefined, target)}); if not, somebody may be intercepting the connection`;
  return new TripodError("E_HOST_KEY", "its host key has changed", { host, origin, why: why.join("\n"), hint });
}

function place({ file, line }: KnownKey): string {
  return `${file}:${line}`;
}

function nothingRecorded({ authorities }: KnownHost, { knownHostsFiles }: SshTarget): string {
  const files = `recorded in none of: ${knownHostsFiles.join(", ") || "(no file is set)"}`;
  const [authority] = authorities;
  return authority
    ? `${files}\n${place(authority)} trusts a certificate authority, but host certificates are not supported`
    : files;
}

function localCheck(type: string): string {
  const name = type.replace(/^ssh-/, "").replace(/-sha2-.*$/, "");
  return `ssh-keygen -lf /etc/ssh/ssh_host_${name}_key.pub`;
}

/** The command that records a key; it runs on the bastion if there is one. */
function keyscan(type: string | undefined, { address, port, knownHostsFiles, bastion }: SshTarget): string {
  const kind = type ? ` -t ${type.replace(/^ssh-/, "").replace(/-sha2-.*$/, "")}` : "";
  const scan = `ssh-keyscan${port === 22 ? "" : ` -p ${port}`}${kind} ${quote(address)}`;
  const there = bastion ? `ssh -p ${bastion.port} ${quote(`${bastion.user}@${bastion.address}`)} ${scan}` : scan;
  return `${there} >> ${quote(knownHostsFiles[0] ?? "known_hosts")}`;
}

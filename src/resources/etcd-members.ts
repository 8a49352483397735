import type { Host } from "../host.ts";
import { lastLine } from "./command.ts";
import { etcdctl } from "./etcdctl.ts";

/** A member as etcd's own list has it. */
export interface Member {
  /** Empty until it has started for the first time. */
  readonly name: string;
  /** `https://10.0.0.11:2380` */
  readonly peerUrls: readonly string[];
  /** Empty until it has started for the first time. */
  readonly clientUrls: readonly string[];
}

/** etcd's own list of its members, as a quorum has it, asked through this master's member; or why there is no answer. */
export async function readMembers(master: Host): Promise<readonly Member[] | string> {
  const { code, stdout, stderr } = await master.read(etcdctl("member list -w json"));
  if (code !== 0) return lastLine(stderr, "etcd does not answer");
  return parseMembers(stdout) ?? "etcd's list of members cannot be read";
}

/** Whether one of its peer URLs is at this address. */
export function isAt({ peerUrls }: Member, address: string): boolean {
  return peerUrls.some((url) => url.includes(`//${address}:`));
}

interface Listed {
  readonly name?: string;
  readonly peerURLs?: readonly string[];
  readonly clientURLs?: readonly string[];
}

function parseMembers(text: string): Member[] | undefined {
  try {
    const { members } = JSON.parse(text) as { members: readonly Listed[] };
    return members.map(({ name = "", peerURLs = [], clientURLs = [] }) => ({
      name,
      peerUrls: peerURLs.map(String),
      clientUrls: clientURLs.map(String),
    }));
  } catch {
    return undefined;
  }
}

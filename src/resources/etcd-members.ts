import { z } from "zod";
import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import { etcdctl } from "./etcdctl.ts";
import { parsedJson } from "./json.ts";

/** A member in etcd's member list. */
export interface Member {
  /** Empty until it has started for the first time. */
  readonly name: string;
  /** `https://10.0.0.11:2380` */
  readonly peerUrls: readonly string[];
  /** Empty until it has started for the first time. */
  readonly clientUrls: readonly string[];
}

/** etcd's member list, by a quorum read through this master's member; or why there is no answer. */
export async function readMembers(master: Host): Promise<readonly Member[] | string> {
  const { code, stdout, stderr } = await master.read(etcdctl("member list -w json"));
  if (code !== 0) return lastLine(stderr, "etcd does not answer");
  const list = parsedJson(master, "`etcdctl member list`", stdout, listed);
  if ("why" in list) return list.why;
  return list.value.members.map(({ name, peerURLs, clientURLs }) => ({
    name,
    peerUrls: peerURLs,
    clientUrls: clientURLs,
  }));
}

/** Whether one of its peer URLs is at this address. */
export function isAt({ peerUrls }: Member, address: string): boolean {
  return peerUrls.some((url) => url.includes(`//${address}:`));
}

/** etcd omits what is empty. */
const listed = z.object({
  members: z.array(
    z.object({
      name: z.string().default(""),
      peerURLs: z.array(z.string()).default([]),
      clientURLs: z.array(z.string()).default([]),
    }),
  ),
});

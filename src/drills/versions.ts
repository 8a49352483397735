import type { Host } from "../host.ts";
import type { Status } from "../status.ts";
import type { Versions } from "./events.ts";

const ASKED: readonly (readonly [name: string, command: string])[] = [
  ["keepalived", "keepalived --version 2>&1 | head -n 1"],
  ["haproxy", "haproxy -v 2>/dev/null | head -n 1"],
  ["containerd", "containerd --version"],
  ["system", '. /etc/os-release && echo "$PRETTY_NAME"'],
  ["kernel", "uname -r"],
];

/** What the cluster is made of, as its first master says. */
export async function readVersions(master: Host, { nodes, etcd }: Status): Promise<Versions> {
  const said = await Promise.all(
    ASKED.map(async ([name, command]) => [name, (await master.read(command)).stdout.trim()]),
  );
  const kubernetes = [...new Set(nodes.flatMap(({ version }) => version ?? []))].join(", ");
  const member = etcd.find((each) => typeof each.member !== "string")?.member;
  return {
    ...(kubernetes && { kubernetes }),
    ...(member && typeof member !== "string" && { etcd: member.version }),
    ...(Object.fromEntries(said.filter(([, version]) => version)) as Record<string, string>),
  };
}

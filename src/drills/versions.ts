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

/** The versions of the cluster's software, read from its first master. */
export async function readVersions(master: Host, { nodes, etcd }: Status): Promise<Versions> {
  const answers = await Promise.all(
    ASKED.map(async ([name, command]) => [name, (await master.read(command)).stdout.trim()]),
  );
  const kubernetes = [...new Set(nodes.flatMap(({ version }) => version ?? []))].join(", ");
  const member = etcd.find((each) => typeof each.member !== "string")?.member;
  return {
    ...(kubernetes && { kubernetes }),
    ...(member && typeof member !== "string" && { etcd: member.version }),
    ...(Object.fromEntries(answers.filter(([, version]) => version)) as Record<string, string>),
  };
}

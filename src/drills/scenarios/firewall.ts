import { isIPv4 } from "node:net";
import { TripodError } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { Disruption } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";

const CHAIN = "TRIPOD-DRILL";

/** Removes the chain however often it was inserted. */
const UNDO = [
  `for chain in INPUT OUTPUT FORWARD; do while iptables -w -D $chain -j ${CHAIN} 2>/dev/null; do :; done; done`,
  `iptables -w -F ${CHAIN} 2>/dev/null; iptables -w -X ${CHAIN} 2>/dev/null; true`,
].join("\n");

/**
 * Drops packets on a host by iptables rules (the part after `-A CHAIN`), except those of the SSH connection that the drill uses to observe
 * the host and to undo the disruption.
 */
export async function dropPackets(
  host: Host,
  name: string,
  what: string,
  rules: readonly string[],
  undoneAfter: number,
): Promise<Disruption> {
  // sudo removes the variable, so it is read as the login user.
  const { stdout } = await host.connection.run("echo $SSH_CONNECTION", { asLoginUser: true });
  const [operator = "", , , port = ""] = stdout.trim().split(" ");
  if (!isIPv4(operator) || !/^\d{1,5}$/.test(port)) {
    const why = `SSH_CONNECTION is ${JSON.stringify(stdout.trim().slice(0, 200))}`;
    const message = "the host does not report the address that Tripod is connected from, which must not be cut off";
    throw new TripodError("E_COMMAND", message, {
      host: host.name,
      origin: host.machine.origin,
      why,
      hint: "check that sshd sets SSH_CONNECTION, and that sudo keeps it",
    });
  }
  const spared = [
    "-i lo -j RETURN",
    "-o lo -j RETURN",
    `-p tcp -s ${operator} --dport ${port} -j RETURN`,
    `-p tcp -d ${operator} --sport ${port} -j RETURN`,
  ];
  const disrupt = [
    UNDO,
    `iptables -w -N ${CHAIN} || exit`,
    ...[...spared, ...rules].map((rule) => `iptables -w -A ${CHAIN} ${rule} || exit`),
    `for chain in INPUT OUTPUT FORWARD; do iptables -w -I $chain -j ${CHAIN} || exit; done`,
  ].join("\n");
  return scriptedDisruption(host, { name, what, disrupt, undo: UNDO }, undoneAfter);
}

/** Rules that drop packets to and from these hosts. */
export function toAndFrom(hosts: readonly Host[], what = ""): string[] {
  return hosts.flatMap(({ machine }) => ["-s", "-d"].map((side) => `${what}${side} ${machine.address} -j DROP`));
}

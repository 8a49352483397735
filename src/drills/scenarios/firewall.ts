import { isIPv4 } from "node:net";
import { TripodError } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { Disruption } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";

const CHAIN = "TRIPOD-DRILL";

/** Undone as often as it was done, were it twice. */
const UNDO = [
  `for chain in INPUT OUTPUT FORWARD; do while iptables -w -D $chain -j ${CHAIN} 2>/dev/null; do :; done; done`,
  `iptables -w -F ${CHAIN} 2>/dev/null; iptables -w -X ${CHAIN} 2>/dev/null; true`,
].join("\n");

/**
 * Drops packets on a host by rules of iptables (the part behind `-A CHAIN`), all but those of the SSH connection over which the drill is
 * watched and undone.
 */
export async function dropPackets(
  host: Host,
  name: string,
  what: string,
  rules: readonly string[],
  undoneAfter: number,
): Promise<Disruption> {
  // sudo takes the variable away, so it is asked as whoever logged in.
  const { stdout } = await host.connection.run("echo $SSH_CONNECTION", { asLoginUser: true });
  const [operator = "", , , port = ""] = stdout.trim().split(" ");
  if (!isIPv4(operator) || !/^\d{1,5}$/.test(port)) {
    const why = `SSH_CONNECTION is ${JSON.stringify(stdout.trim().slice(0, 200))}`;
    const message = "it does not say from where Tripod is connected, which must not be cut off";
    throw new TripodError("E_COMMAND", message, { host: host.name, origin: host.machine.origin, why });
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

/** Both directions of what is to or from an address. */
export function toAndFrom(hosts: readonly Host[], what = ""): string[] {
  return hosts.flatMap(({ machine }) => ["-s", "-d"].map((side) => `${what}${side} ${machine.address} -j DROP`));
}

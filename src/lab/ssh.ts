import type { Machine } from "../inventory/cluster.ts";
import { labFolders } from "./folders.ts";
import { attempt } from "./local.ts";
import { inNetwork } from "./network.ts";

/** The argv of ssh into a host, in the lab's network, with the lab's key and known_hosts and nobody's configuration. */
export function sshCommand(lab: string, { address, ssh }: Machine, command: readonly string[] = []): string[] {
  const { clientKey, knownHosts } = labFolders(lab);
  const options = {
    IdentityFile: clientKey,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    LogLevel: "ERROR",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return [
    ...inNetwork(lab),
    "ssh",
    "-F",
    "none",
    ...flags,
    "-p",
    String(ssh.port),
    `${ssh.user}@${address}`,
    ...command,
  ];
}

/**
 * The machines among these whose sshd answers with a key. One question for all of them, however many there are.
 * @param within s, for those that say nothing at all
 */
export async function answering(lab: string, machines: readonly Machine[], within = 1): Promise<Machine[]> {
  const ports = [...new Set(machines.map(({ ssh }) => ssh.port))];
  const scans = ports.map(async (port) => {
    const asked = machines.filter(({ ssh }) => ssh.port === port);
    const scan = [
      "ssh-keyscan",
      "-T",
      String(within),
      "-t",
      "ed25519",
      "-p",
      String(port),
      ...asked.map(({ address }) => address),
    ];
    const { stdout } = await attempt([...inNetwork(lab), ...scan]);
    const addresses = new Set(stdout.split("\n").map((line) => line.split(" ")[0]?.replace(/^\[(.*)\]:\d+$/, "$1")));
    return asked.filter(({ address }) => addresses.has(address));
  });
  return (await Promise.all(scans)).flat();
}

/** Whether the inventory's user can log in and become root: all that Tripod needs of a machine. */
export async function letsIn(lab: string, machine: Machine): Promise<true | string> {
  const proof = machine.ssh.user === "root" ? ["true"] : ["sudo", "-n", "true"];
  const { code, stderr } = await attempt(sshCommand(lab, machine, proof));
  return code === 0 || stderr.trim() || `ssh ended with exit code ${code}`;
}

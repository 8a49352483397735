import { runProgram } from "../process.ts";
import { labFolders } from "./folders.ts";
import { inNetwork } from "./network.ts";
import type { SshdAddress, Login, Station } from "./topology.ts";

/** The argv of ssh into a host, in the lab's network, with the lab's key and known_hosts and without any user's configuration. */
export function sshCommand(lab: string, login: Login, command: readonly string[] = []): string[] {
  return [...inNetwork(lab), ...ssh(lab, login), ...command];
}

function ssh(lab: string, { address, port, user, through }: Login, more: readonly string[] = []): string[] {
  const { clientKey, knownHosts } = labFolders(lab);
  const options = {
    IdentityFile: clientKey,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    LogLevel: "ERROR",
    // ssh's ProxyJump would use the operator's configuration. No word of this contains a space or a quote.
    ...(through && { ProxyCommand: ssh(lab, through, ["-W", "[%h]:%p"]).join(" ") }),
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["ssh", "-F", "none", ...flags, ...more, "-p", String(port), `${user}@${address}`];
}

/**
 * The hosts whose sshd answers with a key: one ssh-keyscan for all of them, and one for each bastion.
 * @param within s, for hosts that do not answer
 */
export async function answering(lab: string, stations: readonly Station[], within = 1): Promise<Station[]> {
  const fronts = new Map(stations.map(({ login: { through } }) => [JSON.stringify(through), through]));
  const scans = [...fronts.values()].map(async (through) => {
    const asked = stations.filter(({ login }) => JSON.stringify(login.through) === JSON.stringify(through));
    const from = through === undefined ? inNetwork(lab) : sshCommand(lab, through);
    const endpoints = await scan(
      from,
      asked.map(({ login }) => login),
      within,
    );
    return asked.filter(({ login }) => endpoints.has(`${login.address}:${login.port}`));
  });
  return (await Promise.all(scans)).flat();
}

/** The endpoints, as `address:port`, at which ssh-keyscan finds an sshd; `from` is the prefix of its argv. */
async function scan(from: readonly string[], endpoints: readonly SshdAddress[], within: number): Promise<Set<string>> {
  const ports = [...new Set(endpoints.map(({ port }) => port))];
  const scans = ports.map(async (port) => {
    const addresses = endpoints.filter((endpoint) => endpoint.port === port).map(({ address }) => address);
    const keyscan = ["ssh-keyscan", "-T", String(within), "-t", "ed25519", "-p", String(port), ...addresses];
    const { stdout } = await runProgram([...from, ...keyscan]);
    // The first word of its lines is an endpoint in known_hosts' format: `10.0.0.11` or `[10.0.0.11]:2222`.
    const found = stdout.split("\n").map((line) => line.split(" ")[0]?.replace(/^\[(.*)\]:\d+$/, "$1"));
    return found.map((address) => `${address ?? ""}:${port}`);
  });
  return new Set((await Promise.all(scans)).flat());
}

/** Whether the inventory's user can log in and become root, or the error. */
export async function canLogIn(lab: string, { role, login }: Station): Promise<true | string> {
  const proof = login.user === "root" || role === "bastion" ? ["true"] : ["sudo", "-n", "true"];
  const { code, stderr } = await runProgram(sshCommand(lab, login, proof));
  return code === 0 || stderr.trim() || `ssh: exit code ${code}`;
}

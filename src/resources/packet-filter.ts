import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface PacketFilterArgs {
  /** Where the script is: `sh script lay` adds the rules. */
  readonly script: string;
  /** Its text: `check` prints what differs. */
  readonly text: string;
}

/** `inet filter input: + tcp dport 6443 accept`: a rule that is missing; `-`: one that is no longer wanted. */
const LINE = /^([^:]+): ([+-]) (.+)$/gm;

/**
 * The rules that accept what the cluster needs, in every chain of nftables and iptables that drops what it does not name. The unit that runs
 * the script adds them after a boot; what is missing here is what the unit has not added.
 */
export const packetFilter = defineResource<PacketFilterArgs, string>({
  kind: "packet-filter",
  name: () => "nftables and iptables",
  async read(host, { text }) {
    return (await host.read(`set -- check\n${text}`)).stdout;
  },
  diff: (_, printed) =>
    [...printed.matchAll(LINE)].map(([, chain = "", sign, rule = ""]) =>
      sign === "+" ? { field: chain, from: "absent", to: rule } : { field: chain, from: rule, to: "absent" },
    ),
  async apply(host, { script }) {
    await command(host, sh`sh ${script} lay`);
  },
});

import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { type Change, defineResource } from "./resource.ts";

export interface PodRoutesArgs {
  /** Marks Tripod's routes: other routes with this mark are removed. */
  readonly protocol: number;
  readonly ownCidr: string;
  readonly podSubnet: string;
  readonly routes: readonly { readonly podCidr: string; readonly address: string }[];
  /** Installs them: `script lay`. */
  readonly script: string;
}

interface PodRoutesState {
  /** `10.244.22.0/24 via 10.0.0.22` */
  readonly present: readonly string[];
  readonly masquerade: boolean;
}

/**
 * The kernel's routes to the pods of other nodes, and the masquerade rule for this node's own. The unit that runs the script keeps them;
 * what is missing here is what the unit has not installed.
 */
export const podRoutes = defineResource<PodRoutesArgs, PodRoutesState>({
  kind: "pod-routes",
  name: ({ protocol }) => `proto ${protocol}`,
  async read(host, { protocol, ownCidr, podSubnet }) {
    const { stdout } = await host.read(`ip -4 -o route show proto ${protocol}
iptables -w 5 -t nat -C POSTROUTING ${masquerading(ownCidr, podSubnet)} 2>/dev/null && echo masquerade`);
    const lines = stdout.split("\n").filter(Boolean);
    return {
      present: lines.filter((line) => line !== "masquerade").map((line) => line.split(" ", 3).join(" ")),
      masquerade: lines.includes("masquerade"),
    };
  },
  diff({ routes, ownCidr, podSubnet, script }, { present, masquerade }, pending) {
    // A changed script means changed routes, and the restart of its unit installs them.
    if (pending.has(script)) return [];
    const wanted = routes.map(({ podCidr, address }) => `${podCidr} via ${address}`);
    const stale = present.filter((line) => !wanted.includes(line));
    const replaced = (line: string) => stale.find((other) => subnetOf(other) === subnetOf(line));
    const missing = wanted.filter((line) => !present.includes(line));
    const changes: Change[] = [
      ...missing.map((line) => ({ field: "route", from: replaced(line) ?? "absent", to: line })),
      ...stale
        .filter((line) => !missing.some((other) => replaced(other) === line))
        .map((line) => ({ field: "route", from: line, to: "absent" })),
    ];
    if (!masquerade) changes.push({ field: "masquerade", from: "absent", to: masquerading(ownCidr, podSubnet) });
    return changes;
  },
  async apply(host, { script }) {
    await command(host, sh`bash ${script} lay`);
  },
});

function masquerading(ownCidr: string, podSubnet: string): string {
  return sh`-s ${ownCidr} ! -d ${podSubnet} -j MASQUERADE`;
}

function subnetOf(line: string): string | undefined {
  return line.split(" ")[0];
}

import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { type Change, defineResource } from "./resource.ts";

export interface PodRoutesArgs {
  /** Marks the routes that are Tripod's: whatever else carries it is taken away. */
  readonly protocol: number;
  readonly ownCidr: string;
  readonly podSubnet: string;
  readonly routes: readonly { readonly podCidr: string; readonly address: string }[];
  /** Lays them: `script lay`. */
  readonly script: string;
}

interface PodRoutesState {
  /** `10.244.22.0/24 via 10.0.0.22` */
  readonly laid: readonly string[];
  readonly masquerade: boolean;
}

/**
 * The way to the pods of other nodes, and of this one's to the world, as it is in the kernel. The unit that runs the script keeps it; what is
 * found missing here is what the unit has not laid.
 */
export const podRoutes = defineResource<PodRoutesArgs, PodRoutesState>({
  kind: "pod-routes",
  name: ({ protocol }) => `proto ${protocol}`,
  async read(host, { protocol, ownCidr, podSubnet }) {
    const { stdout } = await host.read(`ip -4 -o route show proto ${protocol}
iptables -w 5 -t nat -C POSTROUTING ${masquerading(ownCidr, podSubnet)} 2>/dev/null && echo masquerade`);
    const lines = stdout.split("\n").filter(Boolean);
    return {
      laid: lines.filter((line) => line !== "masquerade").map((line) => line.split(" ", 3).join(" ")),
      masquerade: lines.includes("masquerade"),
    };
  },
  diff({ routes, ownCidr, podSubnet, script }, { laid, masquerade }, pending) {
    // Another script is other routes, and the restart of its unit lays them.
    if (pending.has(`file:${script}`)) return [];
    const wanted = routes.map(({ podCidr, address }) => `${podCidr} via ${address}`);
    const stale = laid.filter((line) => !wanted.includes(line));
    const replaced = (line: string) => stale.find((other) => subnetOf(other) === subnetOf(line));
    const missing = wanted.filter((line) => !laid.includes(line));
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

import { portMatrix as matrix } from "../../config/ports.ts";
import type { Cluster, Role } from "../../inventory/cluster.ts";
import type { Host } from "../../host.ts";
import type { Result } from "../../remote/connection.ts";
import { type Context, onceKey } from "../phase.ts";
import type { Check } from "./check.ts";

/** Ports that a role needs, and the program that may already listen on them because Tripod installed it. */
function wanted(cluster: Cluster, role: Role): readonly (readonly [number, string])[] {
  return matrix(cluster).flatMap(({ protocol, first, last, program, roles }): [number, string][] =>
    protocol === "tcp" && last === undefined && roles.includes(role) ? [[first, program]] : [],
  );
}

export const ports: Check = {
  name: "ports-free",
  title: "No other program on the host uses a port that the cluster needs",
  async examine(host, context) {
    const { cluster } = context;
    const { stdout } = await listening(host, context);
    // A process's name is cut at 15 characters by the kernel: kube-controller-manager shows as kube-controller.
    const found = [
      ...stdout.matchAll(/^\S+\s+\S+\s+\S+\s+\S+:(\d+)\s+\S+(?:\s+users:\(\("([^"]*)"(?:.*pid=(\d+))?)?/gm),
    ];
    return wanted(cluster, host.machine.role).flatMap(([port, program]) => {
      const other = found.find(
        ([, local, name = ""]) => Number(local) === port && !(name !== "" && program.startsWith(name)),
      );
      if (!other) return [];
      const [, , name = "another process", pid] = other;
      return [
        {
          message: `port ${port} is used by ${name}${pid ? ` (pid ${pid})` : ""}; ${program} needs it`,
          hint: "stop that program, or use another machine",
        },
      ];
    });
  },
};

/** What listens on a host, read once: before the check between hosts puts up listeners itself. */
export function listening(host: Host, { once }: Context): Promise<Result> {
  return once(onceKey<Result>(`listening on ${host.name}`), () => host.read("ss -ltnpH"));
}

import { ports as matrix } from "../../config/ports.ts";
import type { Cluster, Role } from "../../inventory/cluster.ts";
import type { Check } from "./check.ts";

/** Ports that a role needs, and the program that may already listen on them because Tripod installed it. */
function wanted(cluster: Cluster, role: Role): readonly (readonly [number, string])[] {
  return matrix(cluster).flatMap(({ first, last, program, roles }): [number, string][] =>
    first !== undefined && last === undefined && roles.includes(role) ? [[first, program]] : [],
  );
}

export const ports: Check = {
  async examine(host, { cluster }) {
    const { stdout } = await host.read("ss -ltnpH");
    // A process's name is cut at 15 characters by the kernel: kube-controller-manager shows as kube-controller.
    const listening = [
      ...stdout.matchAll(/^\S+\s+\S+\s+\S+\s+\S+:(\d+)\s+\S+(?:\s+users:\(\("([^"]*)"(?:.*pid=(\d+))?)?/gm),
    ];
    return wanted(cluster, host.machine.role).flatMap(([port, program]) => {
      const other = listening.find(
        ([, found, name = ""]) => Number(found) === port && !(name !== "" && program.startsWith(name)),
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

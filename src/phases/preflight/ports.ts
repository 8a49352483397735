import { HAPROXY_HEALTH_PORT } from "../../config/haproxy.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { API_SERVER_PORT, ETCD_CLIENT_PORT, ETCD_METRICS_PORT, ETCD_PEER_PORT } from "../../layout.ts";
import type { Check } from "./check.ts";

/** Ports that a role needs, and the program that may already listen on them because Tripod installed it. */
function wanted({ loadBalancer }: Cluster, role: "master" | "worker"): ReadonlyMap<number, string> {
  const ports = new Map([[10250, "kubelet"]]);
  if (role === "worker") return ports;
  const master: [number, string][] = [
    [ETCD_CLIENT_PORT, "etcd"],
    [ETCD_PEER_PORT, "etcd"],
    [ETCD_METRICS_PORT, "etcd"],
    [API_SERVER_PORT, "kube-apiserver"],
    [10257, "kube-controller-manager"],
    [10259, "kube-scheduler"],
  ];
  if (loadBalancer.haproxy) master.push([loadBalancer.port, "haproxy"], [HAPROXY_HEALTH_PORT, "haproxy"]);
  return new Map([...ports, ...master]);
}

export const ports: Check = {
  name: "ports-free",
  title: "no other program uses a port that the cluster needs",
  async examine(host, { cluster }) {
    const { stdout } = await host.read("ss -ltnpH");
    // A process's name is cut at 15 characters by the kernel: kube-controller-manager shows as kube-controller.
    const listening = [
      ...stdout.matchAll(/^\S+\s+\S+\s+\S+\s+\S+:(\d+)\s+\S+(?:\s+users:\(\("([^"]*)"(?:.*pid=(\d+))?)?/gm),
    ];
    return [...wanted(cluster, host.machine.role)].flatMap(([port, program]) => {
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

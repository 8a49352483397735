import { cgroups } from "../../facts/cgroups.ts";
import { hardware } from "../../facts/hardware.ts";
import { identity } from "../../facts/identity.ts";
import { type Context, onceKey } from "../phase.ts";
import type { Check, Problem } from "./check.ts";
import { differingClocks } from "./clocks.ts";

type Names = ReadonlyMap<string, readonly string[]>;

const CLOCKS = onceKey<Names>("clocks");
const MIB = 1024 * 1024;
/** kubeadm's own preflight requires 2 CPUs and 1700 MB of a control-plane node. */
const MASTER = { cpus: 2, memory: 1700 * MIB };
const WORKER = { cpus: 1, memory: 700 * MIB };

export const systemd: Check = {
  name: "systemd",
  title: "The host runs systemd",
  examine: (host) =>
    host.fact(identity).systemd
      ? []
      : [
          {
            message: "systemd is not running",
            hint: "use a system that boots with systemd: etcd, keepalived and the kubelet run as systemd units",
          },
        ],
};

export const size: Check = {
  name: "cpu-and-memory",
  title: "The host has 2 CPUs and 1700 MiB as a master, 1 CPU and 700 MiB as a worker",
  examine(host, { cluster }) {
    const { cpus, memory } = host.fact(hardware);
    const wanted = host.machine.role === "master" ? MASTER : WORKER;
    const problems: Problem[] = [];
    if (cpus < wanted.cpus && !cluster.kubernetes.tolerate.includes("NumCPU"))
      problems.push({
        message: `${cpus} CPU, but a ${host.machine.role} needs ${wanted.cpus}`,
        hint: "give the machine more CPUs, or add NumCPU to `kubernetes.tolerate`",
      });
    if (memory < wanted.memory && !cluster.kubernetes.tolerate.includes("Mem"))
      problems.push({
        message: `${Math.round(memory / MIB)} MiB of memory, but a ${host.machine.role} needs ${Math.round(wanted.memory / MIB)}`,
        hint: "give the machine more memory, or add Mem to `kubernetes.tolerate`",
      });
    return problems;
  },
};

export const unique: Check = {
  name: "unique-machine",
  title: "The host shares its machine-id and its hostname with no other",
  async examine(host, context) {
    const { hostname, machineId } = host.fact(identity);
    const [ids, hostnames] = await Promise.all([namesBy(context, "machineId"), namesBy(context, "hostname")]);
    const others = (names: readonly string[] = []) => names.filter((name) => name !== host.name);
    const sameId = others(ids.get(machineId));
    const sameName = hostname === "localhost" ? [] : others(hostnames.get(hostname));
    const problems: Problem[] = [];
    if (machineId === "")
      problems.push({ message: "/etc/machine-id is empty", hint: "run `systemd-machine-id-setup` on the machine" });
    else if (sameId.length > 0)
      problems.push({
        message: `its machine-id is also that of ${sameId.join(", ")}`,
        hint: "run `rm /etc/machine-id && systemd-machine-id-setup` on one of the cloned machines, then reboot it",
      });
    if (sameName.length > 0 && hostname !== host.name)
      problems.push({
        message: `its hostname ${hostname} is also that of ${sameName.join(", ")}`,
        hint: "check whether the inventory lists one machine twice; if not, give each machine its own hostname with hostnamectl",
      });
    return problems;
  },
};

/** Names of the hosts by their machine-id or hostname; computed once for all hosts. */
function namesBy(context: Context, what: "machineId" | "hostname"): Promise<Names> {
  return context.once(onceKey<Names>(`hosts by ${what}`), () => {
    const named = new Map<string, string[]>();
    for (const host of context.hosts) {
      const value = host.fact(identity)[what];
      named.set(value, [...(named.get(value) ?? []), host.name]);
    }
    return Promise.resolve(named);
  });
}

export const clocks: Check = {
  name: "clock",
  title: "The host's clock differs from the other hosts' by a second at most",
  async examine(host, context) {
    const differing = (await context.once(CLOCKS, () => Promise.resolve(differingClocks(context.hosts)))).get(
      host.name,
    );
    if (!differing) return [];
    return [
      {
        message: `its clock differs from ${differing.join(", ")}`,
        hint: "let chrony or systemd-timesyncd set the clock (`timedatectl set-ntp true`), then run the same command again",
      },
    ];
  },
};

export const cgroupVersion: Check = {
  name: "cgroup-version",
  title: "The host has cgroups v2, from Kubernetes 1.35 on",
  examine(host, { cluster }) {
    const { minor, kubelet } = cluster.kubernetes;
    if (host.fact(cgroups).version === 2 || minor < 35 || kubelet.failCgroupV1 === false) return [];
    return [
      {
        message: "the host has cgroups v1, which the kubelet refuses from Kubernetes 1.35 on",
        hint: "boot it with systemd.unified_cgroup_hierarchy=1, or set `kubernetes: {kubelet: {failCgroupV1: false}, tolerate: [SystemVerification]}`",
      },
    ];
  },
};

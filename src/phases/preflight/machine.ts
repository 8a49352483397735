import { cgroups } from "../../facts/cgroups.ts";
import { clock } from "../../facts/clock.ts";
import { hardware } from "../../facts/hardware.ts";
import { identity } from "../../facts/identity.ts";
import type { Host } from "../../host.ts";
import type { Check, Problem } from "./check.ts";

const MIB = 1024 * 1024;
/** kubeadm's own preflight asks a control-plane node for 2 CPUs and 1700 MB. */
const MASTER = { cpus: 2, memory: 1700 * MIB };
const WORKER = { cpus: 1, memory: 700 * MIB };
/** How far apart two clocks may be, ms. Certificates and leases are told by them. */
const CLOCKS = 1000;

export const systemd: Check = {
  name: "systemd",
  examine: (host) =>
    host.fact(identity).systemd
      ? []
      : [
          {
            message: "systemd is not running here",
            hint: "Tripod keeps etcd, keepalived and the kubelet as systemd units; use a system that boots with it",
          },
        ],
};

export const size: Check = {
  name: "CPUs and memory",
  examine(host, { cluster }) {
    const { cpus, memory } = host.fact(hardware);
    const wanted = host.machine.role === "master" ? MASTER : WORKER;
    const problems: Problem[] = [];
    if (cpus < wanted.cpus && !cluster.kubernetes.tolerate.includes("NumCPU"))
      problems.push({
        message: `${cpus} CPU, but a ${host.machine.role} needs ${wanted.cpus}`,
        hint: "give it more, or add NumCPU to kubernetes.tolerate",
      });
    if (memory < wanted.memory && !cluster.kubernetes.tolerate.includes("Mem"))
      problems.push({
        message: `${Math.round(memory / MIB)} MiB of memory, but a ${host.machine.role} needs ${Math.round(wanted.memory / MIB)}`,
        hint: "give it more, or add Mem to kubernetes.tolerate",
      });
    return problems;
  },
};

export const unique: Check = {
  name: "unique machines",
  examine(host, { hosts }) {
    const { hostname, machineId } = host.fact(identity);
    const others = hosts.filter(({ name }) => name !== host.name);
    const sameId = others.filter((other) => other.fact(identity).machineId === machineId);
    const sameName = others.filter((other) => other.fact(identity).hostname === hostname && hostname !== "localhost");
    const problems: Problem[] = [];
    if (machineId === "")
      problems.push({ message: "/etc/machine-id is empty", hint: "run `systemd-machine-id-setup` on it" });
    else if (sameId.length > 0)
      problems.push({
        message: `its machine-id is that of ${names(sameId)} too`,
        hint: "cloned machines: `rm /etc/machine-id && systemd-machine-id-setup` on one of them, then reboot it",
      });
    if (sameName.length > 0 && hostname !== host.name)
      problems.push({
        message: `its hostname ${hostname} is that of ${names(sameName)} too`,
        hint: "are two names of the inventory one machine? If not, give it its own name with hostnamectl",
      });
    return problems;
  },
};

export const clocks: Check = {
  name: "clocks",
  examine(host, { hosts }) {
    const apart = clocksApart(host, hosts);
    // Told by those that most others disagree with: of three, by the one that is wrong.
    const most = Math.max(...hosts.map((other) => clocksApart(other, hosts).length));
    if (apart.length === 0 || apart.length < most) return [];
    return [
      {
        message: `its clock is apart from ${apart.join(", ")}`,
        hint: "let chrony or systemd-timesyncd set it (`timedatectl set-ntp true`), then run again",
      },
    ];
  },
};

function clocksApart(host: Host, hosts: readonly Host[]): string[] {
  const own = host.fact(clock);
  return hosts.flatMap((other) => {
    const theirs = other.fact(clock);
    const difference = Math.abs(own.offset - theirs.offset);
    const atLeast = difference - own.uncertainty - theirs.uncertainty;
    return atLeast > CLOCKS ? [`${other.name} by ${(difference / 1000).toFixed(1)} s`] : [];
  });
}

export const cgroupVersion: Check = {
  name: "cgroups",
  examine(host, { cluster }) {
    const { minor, kubelet } = cluster.kubernetes;
    if (host.fact(cgroups).version === 2 || minor < 35 || kubelet.failCgroupV1 === false) return [];
    return [
      {
        message: `it has cgroups v1, which the kubelet refuses from Kubernetes 1.35`,
        hint: "boot it with systemd.unified_cgroup_hierarchy=1, or say `kubernetes: {kubelet: {failCgroupV1: false}, tolerate: [SystemVerification]}`",
      },
    ];
  },
};

function names(hosts: readonly { readonly name: string }[]): string {
  return hosts.map(({ name }) => name).join(", ");
}

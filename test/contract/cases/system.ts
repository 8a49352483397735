import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { enabled } from "../../../src/resources/enabled.ts";
import { haproxyServers } from "../../../src/resources/haproxy-server.ts";
import { hostname } from "../../../src/resources/hostname.ts";
import { image } from "../../../src/resources/image.ts";
import { kernelModule } from "../../../src/resources/kernel-module.ts";
import { packages } from "../../../src/resources/package.ts";
import { POD_ROUTES_SCRIPT, podRouting, podRoutesScript } from "../../../src/config/bridge.ts";
import { podCidrs } from "../../../src/config/pod-cidr.ts";
import { FIREWALL_SCRIPT, firewallScript, richRules, ufwRules } from "../../../src/config/firewall.ts";
import { firewalld } from "../../../src/resources/firewalld.ts";
import { packetFilter } from "../../../src/resources/packet-filter.ts";
import { ufw } from "../../../src/resources/ufw.ts";
import { podRoutes } from "../../../src/resources/pod-routes.ts";
import { programLink } from "../../../src/resources/program-link.ts";
import { service } from "../../../src/resources/service.ts";
import { noSwap } from "../../../src/resources/swap.ts";
import { sysctl } from "../../../src/resources/sysctl.ts";
import { user } from "../../../src/resources/user.ts";
import { machineNamed, testCluster } from "../../support/cluster.ts";
import { unit } from "../../support/standing.ts";
import type { ResourceCase } from "./resource-case.ts";

const neighbours = testCluster();
const routing = podRouting(neighbours, machineNamed(neighbours, "m1"), podCidrs(neighbours));
const m1 = machineNamed(neighbours, "m1");

export const SYSTEM: readonly ResourceCase[] = [
  { of: "hostname", title: "a name, now and after a reboot", make: () => [hostname({ name: "m1" })] },
  { of: "kernelModule", title: "a module", make: () => [kernelModule({ name: "br_netfilter" })] },
  {
    of: "programLink",
    title: "a plugin that is looked for in another folder",
    prepare(machine) {
      machine.write("/usr/lib/cni/loopback", "#!/bin/sh\n", 0o755);
      machine.write("/opt/cni/bin/portmap", "somebody else's\n", 0o755);
    },
    make: () =>
      ["loopback", "portmap"].map((name) =>
        programLink({ path: `/opt/cni/bin/${name}`, target: `/usr/lib/cni/${name}` }),
      ),
  },
  {
    of: "sysctl",
    title: "kernel settings",
    prepare: (machine) => machine.write("/fakes/sysctl/vm.overcommit_memory", "1\n"),
    make: () => [sysctl({ values: { "net.ipv4.ip_forward": "1", "vm.overcommit_memory": "1" } })],
  },
  {
    of: "noSwap",
    title: "swap in use, in /etc/fstab and by a unit",
    prepare(machine) {
      machine.write("/run/systemd/generator/dev-zram0.swap", "[Unit]\nSourcePath=/etc/systemd/zram-generator.conf\n");
      machine.write("/fakes/swaps", `${machine.read("/fakes/swaps")}/dev/vdb partition 1024 0 -2\n`);
      machine.write("/etc/fstab", "/dev/vda / ext4 defaults 0 1\n/dev/vdb none swap sw 0 0\n# a swap that was\n");
    },
    make: () => [noSwap({})],
  },
  {
    of: "user",
    title: "a system user",
    make: () => [user({ name: "etcd", home: "/var/lib/etcd" })],
    everNew: /^\/etc\/(passwd|group)-$/,
  },
  {
    of: "packages",
    title: "packages, one of them in a certain version",
    prepare: (machine) => machine.write("/fakes/packages", "curl 7.88.1-10\nkubeadm 1.35.0-1.1\n"),
    make: () => [packages({ names: ["curl", "keepalived", "kubeadm=1.36.3-*"], hold: ["kubeadm=1.36.3-*"] })],
    everNew: /^\/run\/tripod\//,
  },
  {
    of: "packages",
    title: "a package that is upgraded together with what is held with it",
    prepare(machine) {
      machine.write("/fakes/packages", "kubelet 1.35.0-1.1\ncri-tools 1.35.0-1.1\n");
      machine.write("/fakes/held", "kubelet\n");
    },
    make: () => {
      const names = ["kubelet=1.36.3-*"];
      return [packages({ names, hold: names, holdToo: ["cri-tools", "kubernetes-cni"] })];
    },
    everNew: /^\/run\/tripod\//,
  },
  {
    of: "enabled",
    title: "a unit that starts at boot",
    prepare: (machine) => unit(machine, "kubelet.service"),
    make: () => [enabled({ unit: "kubelet.service" })],
  },
  {
    of: "service",
    title: "a unit that does not run yet",
    prepare(machine) {
      unit(machine, "haproxy.service");
      machine.write("/etc/haproxy.cfg", "global\n");
    },
    make: () => [service({ unit: "haproxy.service", reads: ["/etc/haproxy.cfg"] })],
  },
  {
    of: "service",
    title: "a unit whose process is older than what it reads",
    prepare(machine) {
      unit(machine, "haproxy.service");
      machine.write("/etc/haproxy.cfg", "global\n");
      for (const which of ["active", "changed"]) {
        machine.write(`/fakes/units/haproxy.service.${which}`, "");
        machine.age(`/fakes/units/haproxy.service.${which}`, 60);
      }
    },
    make: () => [service({ unit: "haproxy.service", reads: ["/etc/haproxy.cfg"], reloads: true })],
  },
  {
    of: "podRoutes",
    title: "routes and a rule that somebody has dropped",
    prepare: (machine) => machine.write(POD_ROUTES_SCRIPT, podRoutesScript(routing), 0o755),
    make: () => [podRoutes({ ...routing, script: POD_ROUTES_SCRIPT })],
  },
  {
    of: "packetFilter",
    title: "iptables that reject what they do not name, and Docker's policy",
    prepare(machine) {
      machine.write(FIREWALL_SCRIPT, firewallScript(neighbours, m1), 0o755);
      machine.write(
        "/fakes/iptables",
        "filter INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nfilter INPUT -j REJECT --reject-with icmp-host-prohibited\n",
      );
      machine.write("/fakes/iptables-policy-FORWARD", "DROP\n");
    },
    make: () => [packetFilter({ script: FIREWALL_SCRIPT, text: firewallScript(neighbours, m1) })],
  },
  {
    of: "ufw",
    title: "rules, beside those of somebody else and one that is no longer wanted",
    prepare: (machine) =>
      machine.write("/fakes/ufw", "allow 22/tcp\nallow from 10.0.0.77 to any port 2379 proto tcp comment 'tripod'\n"),
    make: () => [ufw({ rules: ufwRules(neighbours, m1) })],
  },
  {
    of: "firewalld",
    title: "rules in two zones, one of them already there until a reload",
    prepare: (machine) =>
      machine.write(
        "/fakes/firewalld/runtime/public.rules",
        'rule family="ipv4" port port="6443" protocol="tcp" accept\n',
      ),
    make: () => [
      firewalld({ interfaces: ["eth0", "eth1"], rules: richRules(neighbours, m1), podSubnet: "10.244.0.0/16" }),
    ],
  },
  {
    of: "haproxyServers",
    title: "an API server that a run which died has left out of rotation",
    prepare(machine) {
      machine.write("/var/lib/haproxy/tripod.sock", "");
      machine.write("/fakes/haproxy/drained/m2", "");
    },
    make: () => [haproxyServers({})],
  },
  {
    of: "image",
    title: "an archive of images",
    prepare(machine) {
      machine.write(
        "/operator/manifest.json",
        `[{"RepoTags":["registry.example/pause:3.2","registry.example/dns:1"]}]`,
      );
      const folder = join(machine.root, "operator");
      execFileSync("tar", ["--mtime=@0", "-cf", join(folder, "pause.tar"), "-C", folder, "manifest.json"]);
    },
    make: (machine) => [image({ archive: join(machine.root, "operator/pause.tar"), name: "pause" })],
  },
];

import { expect } from "vitest";
import { run } from "./programs.ts";

/** A network namespace that plays the operator's machine: its default route is a cable on which every packet is counted. */
export interface CabledMachine extends Disposable {
  /** The argv with which a program runs in it. */
  inside(...argv: readonly string[]): [string, ...string[]];
  /** How many packets have left it. */
  packets(): number;
}

const CABLE = `
sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link set lo up
ip link add cable type veth peer name socket
ip link set socket up
ip address add 10.255.255.1/32 dev cable
ip link set cable arp off up
ip route add default dev cable`;

export function cabledMachine(name: string): CabledMachine {
  const inside: CabledMachine["inside"] = (...argv) => ["nsenter", `--net=/run/netns/${name}`, ...argv];
  must("ip", "netns", "add", name);
  must(...inside("sh", "-ec", CABLE));
  return {
    inside,
    packets() {
      const [cable] = JSON.parse(must(...inside("ip", "-json", "-stats", "link", "show", "cable"))) as [
        { stats64: { tx: { packets: number } } },
      ];
      return cable.stats64.tx.packets;
    },
    [Symbol.dispose]: () => void must("ip", "netns", "delete", name),
  };
}

/** What a program says, which has to succeed. */
export function must(program: string, ...args: readonly string[]): string {
  const { code, said } = run(program, ...args);
  expect(code, said).toBe(0);
  return said.trim();
}

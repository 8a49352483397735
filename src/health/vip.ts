import { parseAddresses } from "../facts/network.ts";
import type { Host } from "../host.ts";
import type { Connection } from "../remote/connection.ts";
import { sh } from "../remote/shell.ts";
import type { Condition } from "../resources/condition.ts";

/** A handover takes less: who has held the VIP for so long, and alone, is going to keep it, ms. */
export const STEADY = 3000;

/** The VIP on a host where keepalived did not put it. */
export interface StrayVip {
  readonly host: string;
  /** `10.0.0.10/24`, as `ip` has it */
  readonly address: string;
  readonly interface: string;
  /** Its keepalived would have put exactly this there, but does not run: started, it takes it away or keeps it. */
  readonly left: boolean;
}

export interface VipState {
  /** Masters whose keepalived carries the VIP right now. */
  readonly holders: readonly string[];
  readonly strays: readonly StrayVip[];
}

/**
 * Who has the VIP, of all these hosts. It counts as held where keepalived carries it: a master on which keepalived runs, with the /32 that
 * Tripod renders. Whatever else has it answers for it too, and nobody moves it.
 */
export async function readVip(hosts: readonly Host[], vip: string): Promise<VipState> {
  const found = await Promise.all(
    hosts.map(async (host) => {
      const { name, machine } = host;
      const { stdout } = await host.read(
        `ip -o -4 addr show; echo "keepalived $(systemctl is-active keepalived.service)"`,
      );
      const runs = machine.role === "master" && /^keepalived active$/m.test(stdout);
      return parseAddresses(stdout)
        .filter(({ address }) => address === vip)
        .map(({ interface: carrier, address, prefix }) => ({
          host: name,
          address: `${address}/${prefix}`,
          interface: carrier,
          held: runs && prefix === 32,
          left: !runs && prefix === 32 && machine.role === "master",
        }));
    }),
  );
  const all = found.flat();
  const holders = [...new Set(all.flatMap(({ host, held }) => (held ? [host] : [])))];
  note(hosts, holders);
  return { holders, strays: all.filter(({ held }) => !held) };
}

/** `10.0.0.10/24 on eth0, which keepalived did not put there`, after `m2 has `. */
export function strayVip({ address, interface: carrier, left }: StrayVip): string {
  return left
    ? `${address} on ${carrier}, and keepalived, which should carry it, does not run`
    : `${address} on ${carrier}, which keepalived did not put there`;
}

/** The command that takes it away, on that host. */
export function removeStray({ address, interface: carrier }: StrayVip): string {
  return sh`ip addr del ${address} dev ${carrier}`;
}

export interface OneVipHolderOptions {
  /** The same master has to hold it for so long, ms. Default: one look is enough. */
  readonly steady?: number;
  /** What was seen before does not count, ms since the epoch. */
  readonly since?: number;
  /** The master that takes it back where all are healthy: it has to be the one. */
  readonly home?: string;
  /** Told who holds it when the condition holds. */
  readonly found?: (holder: Host) => void;
}

/**
 * One master holds the VIP, and no other host has it. How long it has been so is remembered from look to look for as long as the session
 * lasts: a run that has looked at its beginning need not wait at its end, unless the VIP has moved in between.
 */
export function oneVipHolder(hosts: readonly Host[], vip: string, options: OneVipHolderOptions = {}): Condition {
  const { steady = 0, since = 0, home, found } = options;
  let moved = false;
  return {
    title: home === undefined ? `one master holds the VIP ${vip}` : `${home} holds the VIP ${vip}`,
    within: 30_000,
    async holds() {
      const before = hosts.filter(({ connection }) => heldSince.has(connection));
      const { holders, strays } = await readVip(hosts, vip);
      moved ||= before.some(({ name }) => !holders.includes(name));
      const [stray] = strays;
      if (stray) return `${stray.host} has ${strayVip(stray)}: \`${removeStray(stray)}\` there takes it away`;
      const holder = hosts.find(({ name }) => name === holders[0]);
      if (!holder) return "no master holds it";
      if (holders.length > 1) return `${holders.join(" and ")} hold it at once`;
      if (home !== undefined && holder.name !== home)
        return `${holder.name} holds it, and ${home} has not taken it back`;
      const from = Math.max(since, heldSince.get(holder.connection) ?? 0);
      if (now() - from < (moved ? STEADY : steady)) return `${holder.name} has just taken it`;
      found?.(holder);
      return true;
    },
  };
}

/** Since when a host has held the VIP at every look, ms since the epoch. */
const heldSince = new WeakMap<Connection, number>();

function note(hosts: readonly Host[], holders: readonly string[]): void {
  for (const { name, connection } of hosts) {
    if (!holders.includes(name)) heldSince.delete(connection);
    else if (!heldSince.has(connection)) heldSince.set(connection, now());
  }
}

/** By a clock that nobody sets. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

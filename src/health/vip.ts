import { parseAddresses } from "../facts/network.ts";
import type { Host } from "../host.ts";
import type { Connection } from "../remote/connection.ts";
import { sh } from "../remote/shell.ts";
import type { Condition } from "../condition.ts";

/** A failover takes less than this, ms: a master that has held the VIP alone for so long keeps it. */
export const STEADY = 3000;

/** The VIP on a host where keepalived did not add it. */
export interface StrayVip {
  readonly host: string;
  /** `10.0.0.10/24`, as `ip` prints it */
  readonly address: string;
  readonly interface: string;
  /** keepalived added it and is stopped now: once started, it removes or keeps the address. */
  readonly left: boolean;
}

export interface VipState {
  /** Masters whose keepalived carries the VIP right now. */
  readonly holders: readonly string[];
  readonly strays: readonly StrayVip[];
}

/**
 * Which of these hosts have the VIP. A master holds it where keepalived runs and has the address, a /32, in its configuration. Any other
 * host that has the address answers for it too, and keepalived cannot move it away.
 */
export async function readVip(hosts: readonly Host[], vip: string): Promise<VipState> {
  const found = await Promise.all(
    hosts.map(async (host) => {
      const { name, machine } = host;
      const { stdout } = await host.read(
        sh`ip -o -4 addr show; echo "keepalived $(systemctl is-active keepalived.service)"
grep -qswF ${`${vip}/32`} /etc/keepalived/keepalived.conf || echo "keepalived has another address"`,
      );
      // An address that its configuration does not have was added by hand, whatever its prefix.
      const ours = machine.role === "master" && !/^keepalived has another address$/m.test(stdout);
      const runs = /^keepalived active$/m.test(stdout);
      return parseAddresses(stdout)
        .filter(({ address }) => address === vip)
        .map(({ interface: carrier, address, prefix }) => ({
          host: name,
          address: `${address}/${prefix}`,
          interface: carrier,
          held: ours && runs && prefix === 32,
          left: ours && !runs && prefix === 32,
        }));
    }),
  );
  const all = found.flat();
  const holders = [...new Set(all.flatMap(({ host, held }) => (held ? [host] : [])))];
  remember(hosts, holders);
  return { holders, strays: all.filter(({ held }) => !held) };
}

/** `10.0.0.10/24 on eth0, which keepalived did not add`, after `m2 has `. */
export function strayVip({ address, interface: carrier, left }: StrayVip): string {
  return left
    ? `${address} on ${carrier}, but keepalived, which should carry it, is not running`
    : `${address} on ${carrier}, which keepalived did not add`;
}

/** The command that removes it, on that host. */
export function removeStray({ address, interface: carrier }: StrayVip): string {
  return sh`ip addr del ${address} dev ${carrier}`;
}

export interface OneVipHolderOptions {
  /** The same master has to hold it for so long, ms. Default: one reading is enough. */
  readonly steady?: number;
  /** Readings before this time do not count, ms since the epoch. */
  readonly since?: number;
  /** The master that takes it back when all are healthy: it has to be the holder. */
  readonly home?: string;
  /** Called with the VIP holder when the condition holds. */
  readonly found?: (holder: Host) => void;
}

/**
 * One master holds the VIP, and no other host has it. How long it has held it is remembered between readings for as long as the session
 * lasts: a run that read it at its beginning need not wait at its end, unless the VIP has moved in between.
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
      if (stray) return `${stray.host} has ${strayVip(stray)}: run \`${removeStray(stray)}\` on ${stray.host}`;
      const holder = hosts.find(({ name }) => name === holders[0]);
      if (!holder) return "no master holds it";
      if (holders.length > 1) return `${holders.join(" and ")} hold it at the same time`;
      if (home !== undefined && holder.name !== home)
        return `${holder.name} holds it, and ${home} has not taken it back`;
      const from = Math.max(since, heldSince.get(holder.connection) ?? 0);
      if (now() - from < (moved ? STEADY : steady)) return `${holder.name} has just taken it`;
      found?.(holder);
      return true;
    },
  };
}

/** Since when a host has held the VIP at every reading, ms since the epoch. */
const heldSince = new WeakMap<Connection, number>();

function remember(hosts: readonly Host[], holders: readonly string[]): void {
  for (const { name, connection } of hosts) {
    if (!holders.includes(name)) heldSince.delete(connection);
    else if (!heldSince.has(connection)) heldSince.set(connection, now());
  }
}

/** A clock that does not jump when the system time is set. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

import { ports, type Port, VRRP_PROTOCOL } from "../../config/ports.ts";
import type { Host } from "../../host.ts";
import { type Context, onceKey } from "../phase.ts";
import type { Check, Problem } from "./check.ts";
import { inputDropped } from "./firewall.ts";
import { listening } from "./ports.ts";
import { connects, type Listener, type Outcome, whileListening } from "./reach.ts";

/** A host that others have to reach, and cannot. */
interface Blocked {
  readonly from: Host;
  readonly port: number;
  readonly outcome: Outcome;
}

type Found = ReadonlyMap<Host, readonly Blocked[]>;
/** Host names and `address:port`. */
interface Attempt {
  readonly from: Host;
  readonly to: Host;
  readonly port: number;
}

const FOUND = onceKey<Found>("blocked between hosts");
const SHOWN = 8;

const WORDS: Readonly<Record<Outcome, string>> = {
  open: "open",
  refused: "refused",
  rejected: "rejected, or no route",
  timeout: "no answer",
};

/** Machines reach each other's ports as docs/firewall.md has them. Where nobody listens yet, a listener is put up for a moment. */
export const reachable: Check = {
  async examine(host, context) {
    const blocked = (await context.once(FOUND, () => blockedBetween(context))).get(host) ?? [];
    if (blocked.length === 0) return [];
    const culprits = await inputDropped(host, context.cluster);
    // The apply that follows opens them.
    if (culprits.length > 0 && context.cluster.firewall === "manage") return [];
    return [problem(blocked, culprits)];
  },
};

function problem(blocked: readonly Blocked[], culprits: readonly string[]): Problem {
  const numbers = [...new Set(blocked.map(({ port }) => port))].toSorted((one, other) => one - other);
  const lines = [...grouped(blocked, ({ from }) => from.name)].map(
    ([name, list]) => `from ${name}: ${list.map(({ port, outcome }) => `${named(port)} ${WORDS[outcome]}`).join(", ")}`,
  );
  const more = lines.length > SHOWN ? [`from ${lines.length - SHOWN} more`] : [];
  const reasons = culprits.length > 0 ? [`on this host ${culprits.join(", ")} drops what it does not name`] : [];
  return {
    message: `other machines cannot reach it: ${numbers.map(named).join(", ")}`,
    why: [...reasons, ...lines.slice(0, SHOWN), ...more].join("\n"),
    hint:
      culprits.length > 0
        ? "set `firewall: manage`, or open them on that host; docs/firewall.md lists what is needed"
        : "open them in what is between the machines (security groups, a router); docs/firewall.md lists what is needed",
  };
}

function named(port: number): string {
  return port === VRRP_PROTOCOL ? "VRRP" : `port ${port}`;
}

async function blockedBetween(context: Context): Promise<Found> {
  // What listens by itself is read before any listener is put up.
  await Promise.all(context.hosts.map((host) => listening(host, context)));
  const attempts = attemptsOf(context);
  const towards = grouped(
    attempts.filter(({ to }) => isFresh(to, context)),
    ({ to }) => to,
  );
  const wanted = new Map([...towards].map(([host, list]) => [host, [...new Set(list.map(({ port }) => port))]]));
  const by = grouped(attempts, ({ from }) => from);
  return whileListening(wanted, async (listeners) => {
    const outcomes = new Map(
      await Promise.all([...by].map(async ([from, own]) => [from, await connects(from, own.map(target))] as const)),
    );
    const blocked = attempts.flatMap((attempt) => {
      const outcome = outcomes.get(attempt.from)?.get(target(attempt));
      return outcome && isBlocked(attempt, outcome, listeners.get(attempt.to)) ? [{ ...attempt, outcome }] : [];
    });
    return grouped(blocked, ({ to }) => to);
  });
}

/** Nobody answers VRRP but a listener of ours; a port is refused also where nobody listens. */
function isBlocked({ port }: Attempt, outcome: Outcome, listener: Listener | undefined): boolean {
  if (port === VRRP_PROTOCOL) return outcome === "timeout" && listener?.ports.has(port) === true;
  return outcome === "timeout" || outcome === "rejected" || (outcome === "refused" && listener !== undefined);
}

/**
 * Who has to reach whom: masters all others, workers all masters. Between workers a sample, each the next one: their pairs grow with the
 * square. NodePorts (one of them) and VRRP only towards machines that are no nodes yet: there kube-proxy and keepalived have them.
 */
function attemptsOf(context: Context): readonly Attempt[] {
  const { hosts, cluster } = context;
  const workers = hosts.filter(({ machine }) => machine.role === "worker");
  return hosts.flatMap((to) => {
    const ring = workers.indexOf(to);
    const previous = ring < 0 ? undefined : workers.at(ring - 1);
    return hosts
      .filter(
        (from) => from !== to && (to.machine.role === "master" || from.machine.role === "master" || from === previous),
      )
      .flatMap((from) =>
        ports(cluster)
          .filter((port) => applies(port, from, to) && (isFresh(to, context) || isListenedOn(port)))
          .map(({ first = VRRP_PROTOCOL, last }) => ({ from, to, port: last ?? first })),
      );
  });
}

function applies({ protocol, roles, from: who }: Port, from: Host, to: Host): boolean {
  if (protocol === "udp" || who === "host" || !roles.includes(to.machine.role)) return false;
  return who !== "masters" || from.machine.role === "master";
}

function isListenedOn({ first, last }: Port): boolean {
  return first !== undefined && last === undefined;
}

/** Nothing of a cluster runs on it, so its ports are free for a moment. */
function isFresh({ name }: Host, { existing }: Context): boolean {
  const state = existing.machineStates.get(name);
  return !existing.nodes.has(name) && !state?.node && !state?.apiServer;
}

function target({ to, port }: Attempt): string {
  return `${to.machine.address}:${port}`;
}

/** Map.groupBy, which Node 20 does not have. */
function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

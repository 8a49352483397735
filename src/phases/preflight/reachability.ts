import { portMatrix, type Port, VRRP_PROTOCOL } from "../../config/ports.ts";
import type { Host } from "../../host.ts";
import { type Context, onceKey } from "../phase.ts";
import type { Check, Problem } from "./check.ts";
import { inputDropped } from "./firewall.ts";
import { listening } from "./ports.ts";
import { connects, type Listener, type ConnectOutcome, whileListening } from "./reach.ts";

/** A host that others have to reach, and cannot. */
interface Blocked {
  readonly from: Host;
  readonly port: number;
  readonly outcome: ConnectOutcome;
}

interface Found {
  /** By the name of the host that is not reached: each step has its own objects of the hosts. */
  readonly blocked: ReadonlyMap<string, readonly Blocked[]>;
  /** Hosts on which nothing could listen: whether others reach them is not known. */
  readonly unknown: ReadonlySet<string>;
}

interface Attempt {
  readonly from: Host;
  readonly to: Host;
  readonly port: number;
}

const FOUND = onceKey<Found>("blocked between hosts");
const SHOWN = 8;

const WORDS: Readonly<Record<ConnectOutcome, string>> = {
  open: "open",
  refused: "refused",
  rejected: "rejected, or no route",
  timeout: "no answer",
};

/** Machines reach each other's ports as docs/firewall.md has them. Where nobody listens yet, a listener is put up for a moment. */
export const portsReachable: Check = {
  name: "ports-reachable",
  title: "The other machines reach the host's ports that they need, and VRRP",
  async examine(host, context) {
    const found = await context.once(FOUND, () => blockedBetween(context));
    if (found.unknown.has(host.name)) return [UNKNOWN];
    const blocked = found.blocked.get(host.name) ?? [];
    if (blocked.length === 0) return [];
    const culprits = await inputDropped(host, context.cluster);
    // The apply that follows opens them.
    if (culprits.length > 0 && context.cluster.firewall === "manage") return [];
    return [problem(blocked, culprits)];
  },
};

const UNKNOWN: Problem = {
  message: "whether other machines reach its ports is not known: nothing can listen on it",
  hint: "install perl-base (Debian, Ubuntu) or python3: one of them listens for a moment",
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
  const attempts = attemptsOf(context);
  // What listens by itself is read before any listener is put up.
  await Promise.all(context.hosts.map((host) => listening(host, context)));
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
    return {
      blocked: grouped(blocked, ({ to }) => to.name),
      unknown: new Set([...wanted.keys()].filter((host) => !listeners.has(host)).map(({ name }) => name)),
    };
  });
}

/** Nobody answers VRRP but a listener of ours; a port is refused also where nobody listens. */
function isBlocked({ port }: Attempt, outcome: ConnectOutcome, listener: Listener | undefined): boolean {
  if (port === VRRP_PROTOCOL) return outcome === "timeout" && listener?.ports.has(port) === true;
  return outcome === "timeout" || outcome === "rejected" || (outcome === "refused" && listener !== undefined);
}

/**
 * Who has to reach whom: masters all others, workers all masters. Between workers a sample, each the next one: their pairs grow with the
 * square. NodePorts (one of them) and VRRP only towards machines that are no nodes yet: there kube-proxy and keepalived have them.
 */
function attemptsOf(context: Context): readonly Attempt[] {
  const { hosts, cluster } = context;
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const workers = hosts.filter(({ machine }) => machine.role === "worker");
  const pairs = [
    ...masters.flatMap((to) => hosts.map((from) => ({ from, to }))),
    ...workers.flatMap((to, index) => [...masters, workers.at(index - 1) ?? to].map((from) => ({ from, to }))),
  ].filter(({ from, to }) => from !== to);
  const all = portMatrix(cluster);
  return pairs.flatMap(({ from, to }) =>
    all
      .filter((port) => applies(port, from, to) && (isFresh(to, context) || isListenedOn(port)))
      .map(({ first, last }) => ({ from, to, port: last ?? first })),
  );
}

function applies({ protocol, first, roles, from: who }: Port, from: Host, to: Host): boolean {
  if (protocol !== "tcp" && !(protocol === "ip" && first === VRRP_PROTOCOL)) return false;
  if (who === "host" || !roles.includes(to.machine.role)) return false;
  return who !== "masters" || from.machine.role === "master";
}

function isListenedOn({ protocol, last }: Port): boolean {
  return protocol === "tcp" && last === undefined;
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

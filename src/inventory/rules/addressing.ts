import { cniOf, CNIS, DEFAULT_CNI } from "../../cni/index.ts";
import { contains, formatSubnet, overlap, parseAddress, parseSubnet, type Subnet, subnetAround } from "../addresses.ts";
import type { Path, Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";
import { NODE_PREFIX } from "../sections/kubernetes.ts";
import { called, placed } from "./placed.ts";

/** Pod networks of which a worker may be in another segment. */
const ANY_SEGMENT = CNIS.filter(({ oneSegment, installedBy }) => !oneSegment && installedBy === "manifest")
  .map(({ name }) => name)
  .join(" or ");

/**
 * Checks that the VIP and the machines are in the right subnets, and that pods, services and machines do not overlap.
 * @param refused whether the schema refused the value at a path: then nothing is compared with that key's default
 * @param given whether the inventory has a value at a path; else the draft has the default
 */
export function* addressing(
  draft: Draft,
  refused: (path: Path) => boolean,
  given: (path: Path) => boolean,
): Iterable<Problem> {
  const elsewhere = [...segmentElsewhere(draft)];
  yield* elsewhere;
  const segment = refused(["loadBalancer", "subnet"]) || elsewhere.length > 0 ? undefined : segmentOf(draft);
  if (segment) yield* inSegment(draft, segment, !refused(["network", "cni"]) && !refused(["network", "manifest"]));
  yield* vipIsFree(draft);
  const overlaps = [...podsAndServices(draft, given), ...apart(draft, segment?.subnet, given)];
  yield* overlaps;
  yield* addressesApart(draft, segment?.subnet);
  // Another subnet has another size.
  if (!overlaps.some(({ path }) => path[1] === "podSubnet")) yield* podsFit(draft);
}

interface Segment {
  readonly subnet: Subnet;
  readonly title: string;
  readonly hint?: string;
}

/** Tripod's default for `loadBalancer.subnet`. */
export function segmentAround(firstMaster: number): Subnet {
  return subnetAround(firstMaster, 24);
}

function segmentOf({ loadBalancer, masters }: Draft): Segment | undefined {
  const said = parseSubnet(loadBalancer.subnet);
  if (said) return { subnet: said, title: `loadBalancer.subnet, ${formatSubnet(said)}` };
  const first = parseAddress(masters?.[0]?.address);
  if (first === undefined) return undefined;
  const subnet = segmentAround(first);
  return {
    subnet,
    title: `${formatSubnet(subnet)}, the /24 around the first master`,
    hint: "if the masters' segment is another one, set loadBalancer.subnet",
  };
}

/** A subnet with no master and not the VIP in it is one mistake, not one of each. */
function* segmentElsewhere({ loadBalancer, masters = [] }: Draft): Iterable<Problem> {
  const said = parseSubnet(loadBalancer.subnet);
  const addresses = [...masters.map(({ address }) => address), loadBalancer.vip].flatMap(
    (text) => parseAddress(text) ?? [],
  );
  const first = parseAddress(masters[0]?.address);
  if (!said || first === undefined || addresses.some((address) => contains(said, address))) return;
  const usual = segmentAround(first);
  const around = smallest(usual, addresses);
  yield {
    path: ["loadBalancer", "subnet"],
    message: `${formatSubnet(said)} has none of the masters in it, and not the VIP`,
    hint:
      around.prefix === usual.prefix
        ? `write subnet: ${formatSubnet(usual)}, or remove the key: that is its default`
        : `write the subnet of the masters' segment: ${formatSubnet(around)}, or one that contains it`,
  };
}

/** The smallest subnet around this one that has all addresses. */
function smallest(around: Subnet, addresses: readonly number[]): Subnet {
  if (around.prefix === 0 || addresses.every((address) => contains(around, address))) return around;
  return smallest(subnetAround(around.first, around.prefix - 1), addresses);
}

/** @param networkKnown whether the pod network is known, and with it whether workers must be in the segment */
function* inSegment(draft: Draft, { subnet, title, hint }: Segment, networkKnown: boolean): Iterable<Problem> {
  const { cni = DEFAULT_CNI.name, manifest } = draft.network ?? {};
  const { name, oneSegment } = cniOf(manifest === undefined ? { cni } : { manifest });
  const inhabitants: { path: Path; text?: string | undefined; what: string; instead?: string }[] = [
    { path: ["loadBalancer", "vip"], text: draft.loadBalancer.vip, what: "the VIP must be" },
    ...placed(draft)
      .filter(({ role }) => role === "master" || (networkKnown && oneSegment))
      .map(({ path, role, machine }) => ({
        path: [...path, "address"],
        text: machine.address,
        what: role === "master" ? "masters must be" : `the ${name} network needs every machine`,
        ...(role === "worker" && { instead: `set \`network.cni\` to ${ANY_SEGMENT}, which needs no common segment` }),
      })),
  ];
  for (const { path, text = "", what, instead } of inhabitants) {
    const address = parseAddress(text);
    if (address === undefined) continue;
    if (!contains(subnet, address))
      yield {
        path,
        message: `${text} is not in ${title}, where ${what}`,
        ...((hint ?? instead) && { hint: [hint, instead].filter((each) => each !== undefined).join("; or ") }),
      };
    else if (subnet.prefix < 31 && (address === subnet.first || address === subnet.last))
      yield {
        path,
        message: `${text} is the ${address === subnet.first ? "network" : "broadcast"} address of ${title}`,
      };
  }
}

function* vipIsFree(draft: Draft): Iterable<Problem> {
  const { vip } = draft.loadBalancer;
  const owner = vip === undefined ? undefined : placed(draft).find(({ machine }) => machine.address === vip);
  if (owner)
    yield {
      path: ["loadBalancer", "vip"],
      message: `the VIP ${vip ?? ""} must be free, but it is the address of ${called(owner)}`,
      other: [...owner.path, "address"],
    };
  for (const { path, text, what } of waysIn(draft))
    if (text === vip)
      yield { path, message: `${what} ${text} is the VIP, which no machine has before the cluster is up` };
}

/** Subnets for pods and services that are seldom a network's: a hint names the first that is free. */
const SPARE = {
  podSubnet: ["10.244.0.0/16", "172.20.0.0/16", "192.168.0.0/16"],
  serviceSubnet: ["10.96.0.0/12", "172.24.0.0/16", "10.200.0.0/16"],
};

type Key = keyof typeof SPARE;

const KEYS: readonly Key[] = ["podSubnet", "serviceSubnet"];
const WHOSE: Readonly<Record<Key, string>> = { podSubnet: "the pods' subnet", serviceSubnet: "the services' subnet" };

/** `the pods' subnet 10.1.0.0/16`, or `10.244.0.0/16, the default of podSubnet`. */
function named(key: Key, subnet: Subnet, isGiven: boolean): string {
  return isGiven ? `${WHOSE[key]} ${formatSubnet(subnet)}` : `${formatSubnet(subnet)}, the default of ${key}`;
}

/** A subnet that overlaps none of these. */
function spare(key: Key, taken: readonly (Subnet | undefined)[]): string | undefined {
  const free = SPARE[key].find((text) => {
    const subnet = parseSubnet(text);
    return subnet && !taken.some((other) => other && overlap(subnet, other));
  });
  return free && `write for instance ${key}: ${free}`;
}

/** The place is that of the key that is written: nobody finds a default in the text. */
function* podsAndServices(draft: Draft, given: (path: Path) => boolean): Iterable<Problem> {
  const { podSubnet, serviceSubnet } = draft.kubernetes;
  const [pods, services] = [parseSubnet(podSubnet), parseSubnet(serviceSubnet)];
  if (!pods || !services || !overlap(pods, services)) return;
  const written = KEYS.filter((key) => given(["kubernetes", key]));
  const key: Key = written.includes("serviceSubnet") ? "serviceSubnet" : "podSubnet";
  const [own, other] = key === "podSubnet" ? ([pods, services] as const) : ([services, pods] as const);
  const otherKey: Key = key === "podSubnet" ? "serviceSubnet" : "podSubnet";
  const rest =
    written.length === 2
      ? `${WHOSE[otherKey].replace(" subnet", "")}, ${formatSubnet(other)}`
      : named(otherKey, other, false);
  const hint = spare(key, [other, segmentOf(draft)?.subnet]);
  const also = written.length === 2 ? "" : `, or set ${otherKey} too`;
  yield {
    path: ["kubernetes", key],
    message: `${named(key, own, true)} overlaps ${rest}`,
    ...(hint && { hint: hint + also }),
  };
}

function* apart({ kubernetes }: Draft, segment: Subnet | undefined, given: (path: Path) => boolean): Iterable<Problem> {
  if (!segment) return;
  for (const key of KEYS) {
    const subnet = parseSubnet(kubernetes[key]);
    if (!subnet || !overlap(subnet, segment)) continue;
    const path = ["kubernetes", key];
    const hint = spare(key, [
      segment,
      ...KEYS.filter((other) => other !== key).map((other) => parseSubnet(kubernetes[other])),
    ]);
    yield {
      path,
      message: `${named(key, subnet, given(path))}${given(path) ? "" : ","} overlaps the machines', ${formatSubnet(segment)}`,
      ...(hint && { hint }),
    };
  }
}

/** Machines outside the masters' segment, and bastions. */
function* addressesApart(draft: Draft, segment: Subnet | undefined): Iterable<Problem> {
  for (const key of KEYS) {
    const subnet = parseSubnet(draft.kubernetes[key]);
    if (!subnet) continue;
    const title = WHOSE[key];
    for (const { path, text, what } of waysIn(draft)) {
      const address = parseAddress(text);
      if (address === undefined || !contains(subnet, address)) continue;
      yield {
        path,
        message: `${what} ${text} is in ${title}, ${formatSubnet(subnet)}: the cluster would route it to a ${key === "podSubnet" ? "pod" : "service"}`,
      };
    }
    for (const each of placed(draft)) {
      const address = parseAddress(each.machine.address);
      if (address === undefined || !contains(subnet, address) || (segment && contains(segment, address))) continue;
      yield {
        path: [...each.path, "address"],
        message: `the address of ${called(each)} is in ${title}, ${formatSubnet(subnet)}`,
      };
    }
  }
}

/** The addresses that SSH connects to: machines and bastions. */
function waysIn(draft: Draft): { path: Path; text: string; what: string }[] {
  const said = [
    { path: ["ssh"], ssh: draft.ssh },
    ...placed(draft).map(({ path, machine }) => ({ path: [...path, "ssh"], ssh: machine.ssh })),
  ];
  return said.flatMap(({ path, ssh }) => {
    const address = ssh && "address" in ssh ? ssh.address : undefined;
    const bastion = ssh?.bastion?.address;
    return [
      ...(address === undefined ? [] : [{ path: [...path, "address"], text: address, what: "the SSH address" }]),
      ...(bastion === undefined ? [] : [{ path: [...path, "bastion", "address"], text: bastion, what: "the bastion" }]),
    ];
  });
}

function* podsFit(draft: Draft): Iterable<Problem> {
  const subnet = parseSubnet(draft.kubernetes.podSubnet);
  if (!subnet) return;
  const path = ["kubernetes", "podSubnet"];
  const machines = placed(draft).length;
  const rooms = 2 ** (NODE_PREFIX - subnet.prefix);
  if (rooms < machines)
    yield {
      path,
      message: `${formatSubnet(subnet)} has a /24 for ${rooms} ${rooms === 1 ? "node" : "nodes"}, but there are ${machines}`,
      hint: `set a /${NODE_PREFIX - Math.ceil(Math.log2(machines))} or larger`,
    };
}

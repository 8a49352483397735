import { cniOf, CNIS, DEFAULT_CNI } from "../../cni/index.ts";
import { contains, formatSubnet, overlap, parseAddress, parseSubnet, type Subnet, subnetAround } from "../addresses.ts";
import type { Path, Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";
import { called, placed } from "./placed.ts";

/** Every node gets a /24 of the pods' subnet (kube-controller-manager's --node-cidr-mask-size). */
const NODE_PREFIX = 24;

/** Pod networks of which a worker may be in another segment. */
const ANY_SEGMENT = CNIS.filter(({ oneSegment, installedBy }) => !oneSegment && installedBy === "manifest")
  .map(({ name }) => name)
  .join(" or ");

/**
 * Checks that the VIP and the machines are in the right subnets, and that pods, services and machines do not overlap.
 * @param refused whether the schema refused the value at a path: then nothing is compared with that key's default
 */
export function* addressing(draft: Draft, refused: (path: Path) => boolean): Iterable<Problem> {
  const segment = refused(["loadBalancer", "subnet"]) ? undefined : segmentOf(draft);
  if (segment) yield* inSegment(draft, segment, !refused(["network", "cni"]) && !refused(["network", "manifest"]));
  yield* vipIsFree(draft);
  yield* apart(draft, segment?.subnet);
  yield* podsFit(draft);
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

function* apart(draft: Draft, segment: Subnet | undefined): Iterable<Problem> {
  const { podSubnet, serviceSubnet } = draft.kubernetes;
  const pods = { key: "podSubnet", title: "the pods' subnet", subnet: parseSubnet(podSubnet) };
  const services = { key: "serviceSubnet", title: "the services' subnet", subnet: parseSubnet(serviceSubnet) };
  if (pods.subnet && services.subnet && overlap(pods.subnet, services.subnet))
    yield {
      path: ["kubernetes", "serviceSubnet"],
      message: `the services' subnet ${formatSubnet(services.subnet)} overlaps the pods', ${formatSubnet(pods.subnet)}`,
    };
  for (const { key, title, subnet } of [pods, services]) {
    if (!subnet) continue;
    if (segment && overlap(subnet, segment))
      yield {
        path: ["kubernetes", key],
        message: `${title} ${formatSubnet(subnet)} overlaps the machines', ${formatSubnet(segment)}`,
      };
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
  const rooms = Math.floor(2 ** (NODE_PREFIX - subnet.prefix));
  if (rooms < machines)
    yield { path, message: `${formatSubnet(subnet)} has a /24 for ${rooms} nodes, but there are ${machines}` };
  // pkg/controller/nodeipam/ipam/cidrset: clusterSubnetMaxDiff
  if (subnet.prefix < NODE_PREFIX - 16)
    yield {
      path,
      message: `a /${subnet.prefix} is too large for the pods: the controller manager takes /8 and smaller`,
    };
}

import { isIP } from "node:net";
import { CNIS } from "../cni/index.ts";
import type { Path } from "./problem.ts";
import { shownBare } from "./shown.ts";

/** What to write instead of a key or a value that other tools have. */
interface Instead {
  readonly hint: string;
  /** The key of an inventory that it belongs to: if that is missing, it is the same mistake. */
  readonly intended?: Path;
}

/** A row: in which maps (as `masters.ssh`, without the numbers of lists), for which keys, what is written instead. */
type Row = readonly [around: RegExp, keys: readonly string[], instead: (around: Path, given: Given) => Instead];

interface Given {
  readonly key: string;
  /** The map that has the key. */
  readonly map: Readonly<Record<string, unknown>>;
}

const use = (...path: string[]) => ({ hint: `set \`${path.join(".")}\` instead`, intended: path });
const always = (instead: Instead) => () => instead;
/** A key of the same map. */
const beside = (key: string) => (around: Path) => ({ hint: `set \`${key}\` instead`, intended: [...around, key] });
const saying = (hint: string) => () => ({ hint });

const TOP = /^$/;
const CLUSTER = /^(?:kubernetes|network|loadBalancer)?$/;
const PROXY = /^(?:proxy)?$/;
const MACHINE = /^(?:masters|workers)$/;
const LOGIN = /(?:^|\.)ssh$/;
const LOGIN_OR_BASTION = /(?:^|\.)(?:ssh|ssh\.bastion)$/;

/** Keys of a machine's address in the cluster. */
const INNER = ["ip", "ipaddress", "privateip", "privateipaddress", "privateaddress", "internalip", "internaladdress"];

/** An address to which SSH connects: the machine's only one, or one beside that of the cluster. */
function outer(around: Path, { map }: Given): Instead {
  const two = "address" in map || Object.keys(map).some((key) => INNER.includes(simple(key)));
  return two
    ? { hint: "set `ssh.address` instead, or remove it if SSH connects to `address`" }
    : beside("address")(around);
}

/** A name, or an address. */
function host(around: Path, given: Given): Instead {
  const { key, map } = given;
  const value = map[key];
  const isAddress = typeof value === "string" && isIP(value) !== 0;
  if ("name" in map && "address" in map && !isAddress) return { hint: "remove it: `name` is the hostname" };
  return isAddress || "name" in map ? outer(around, given) : beside("name")(around);
}

/** Keys are in lower case, without hyphens and underscores: `podcidr` is podCIDR, pod_cidr and pod-cidr. */
const KEYS: readonly Row[] = [
  [TOP, ["version", "kubernetesversion", "k8sversion"], always(use("kubernetes", "version"))],
  [CLUSTER, ["vip", "virtualip", "controlplaneendpoint"], always(use("loadBalancer", "vip"))],
  [CLUSTER, ["podcidr", "podsubnet", "clustercidr", "podnetworkcidr"], always(use("kubernetes", "podSubnet"))],
  [CLUSTER, ["servicecidr", "servicesubnet", "serviceclusteriprange"], always(use("kubernetes", "serviceSubnet"))],
  [CLUSTER, ["cni", "networkplugin"], always(use("network", "cni"))],
  [/^network$/, ["plugin", "provider", "name", "type"], always(use("network", "cni"))],
  [PROXY, ["noproxy"], always(use("proxy", "no"))],
  [PROXY, ["httpproxy"], always(use("proxy", "http"))],
  [PROXY, ["httpsproxy"], always(use("proxy", "https"))],
  [/^(?:kubernetes|loadBalancer|software)?$/, ["registrymirrors"], always(use("containerd", "mirrors"))],
  [/^etcd$/, ["version"], always(use("software", "versions", "etcd"))],
  [/^containerd$/, ["version"], always(use("software", "versions", "containerd"))],
  [/^software\.versions$/, ["kubernetes"], always(use("kubernetes", "version"))],
  [
    TOP,
    ["nodes", "hosts", "machines", "servers"],
    always({
      hint: "list the machines of the control plane in `masters`, all others in `workers`",
      intended: ["masters"],
    }),
  ],
  [TOP, ["controlplane", "controlplanes", "controllers"], always(use("masters"))],
  [TOP, ["agents"], always(use("workers"))],
  [
    MACHINE,
    ["role", "roles"],
    saying("remove it: machines in `masters` are control plane and etcd, those in `workers` run pods"),
  ],
  [MACHINE, INNER, beside("address")],
  [MACHINE, ["host", "hostname"], host],
  [MACHINE, ["ansiblehost", "publicip", "publicipaddress", "publicaddress", "externalip", "sshaddress"], outer],
  [
    /^(?:masters|workers)?$/,
    ["user", "sshuser", "sshusername", "ansibleuser"],
    always({ hint: "set `ssh.user` instead" }),
  ],
  [/^(?:masters|workers)?$/, ["bastion", "jumphost"], always({ hint: "set `ssh.bastion` instead" })],
  [LOGIN_OR_BASTION, ["username"], beside("user")],
  [LOGIN_OR_BASTION, ["keypath", "keyfile", "privatekey", "identityfile", "sshprivatekeyfile"], beside("key")],
  [/(?:^ssh\.bastion|^(?:masters|workers)\.ssh(?:\.bastion)?)$/, ["host", "hostname"], beside("address")],
  [LOGIN, ["proxyjump", "jump", "jumphost", "proxy"], saying("set `bastion: { address: HOST }` instead")],
  [
    LOGIN_OR_BASTION,
    ["password"],
    saying("remove it: Tripod logs in by key. Set `key`, or load one into ssh-agent with ssh-add"),
  ],
  [
    LOGIN_OR_BASTION,
    ["sudo", "become", "usesudo"],
    saying("remove it: Tripod uses sudo by itself if the user is not root"),
  ],
  [
    /^etcd$/,
    ["external", "enabled", "stacked", "mode"],
    saying("remove it: etcd always runs on the masters as a systemd service, external to kubeadm"),
  ],
  [
    /^loadBalancer$/,
    ["enabled", "enable"],
    saying("remove it: the VIP is always there. Set `haproxy: false` for a VIP without haproxy"),
  ],
  [LOGIN_OR_BASTION, ["passphrase"], saying("remove it, and load the key into ssh-agent with ssh-add")],
  [
    LOGIN_OR_BASTION,
    ["sudopassword", "becomepassword"],
    saying("remove it: log in as root, or as a user with sudo without a password"),
  ],
];

/** Pod networks that `network.cni` cannot name. */
const OTHER_NETWORKS = ["cilium", "weave", "canal", "antrea", "kuberouter", "kubeovn"];

/** For a key that an inventory does not have there, and other tools have; undefined where nothing is known of it. */
export function insteadOfKey(path: Path, given: Given): Instead | undefined {
  const around = path.slice(0, -1);
  const place = placeOf(around);
  const key = simple(String(path.at(-1)));
  const network = CLUSTER.test(place) ? insteadOfNetwork(key) : undefined;
  if (network !== undefined) return { hint: network };
  return KEYS.find(([where, keys]) => where.test(place) && keys.includes(key))?.[2](around, given);
}

/** For a word or a number where a map is expected. */
export function insteadOfMap(path: Path, value: string): string | undefined {
  const place = placeOf(path);
  const text = shownBare(value);
  if (place === "network") return insteadOfNetwork(simple(value));
  if (MACHINE.test(place))
    return `write { name: ${/^[\d.]+$/.test(value) ? `NAME, address: ${text}` : `${text}, address: ADDRESS`} }`;
  if (/(?:^|\.)ssh\.bastion$/.test(place)) return `write bastion: { address: ${text} }`;
  return MAPS[place]?.(text);
}

const MAPS: Readonly<Record<string, (text: string) => string>> = {
  kubernetes: (text) => `write kubernetes: { version: "${fullVersion(text)}" }`,
  loadBalancer: (text) => `write loadBalancer: { vip: ${text} }`,
  proxy: (text) => `write proxy: { http: "${text}", https: "${text}" }`,
  etcd: (text) => `write software: { versions: { etcd: "${fullVersion(text)}" } }`,
  containerd: (text) => `write software: { versions: { containerd: "${fullVersion(text)}" } }`,
};

/** A number has lost its last zeros: 1.30 is 1.3. */
function fullVersion(text: string): string {
  return /^v?(\d+\.\d+\.\d+)$/.exec(text)?.[1] ?? "X.Y.Z";
}

/** For a value that is none of the words that a key takes. */
export function insteadOfWord(path: Path, value: unknown): string | undefined {
  const place = placeOf(path);
  if (place === "network.cni") return value === false ? "write none" : insteadOfNetwork(String(value));
  if (place !== "firewall" || typeof value !== "boolean") return undefined;
  return value
    ? "write manage: Tripod opens the ports that the cluster needs"
    : "write leave: Tripod changes no firewall";
}

/** For a pod network's name, as `network.cni` or anywhere else. */
function insteadOfNetwork(name: string): string | undefined {
  if (CNIS.some((cni) => cni.name === name)) return `write network: { cni: ${name} }`;
  if (!OTHER_NETWORKS.includes(name)) return undefined;
  return `write network: { manifest: FILE }, a file with the manifest of ${name} (docs/pod-networks.md)`;
}

/** `masters.ssh` for `["masters", 0, "ssh"]` */
function placeOf(path: Path): string {
  return path.filter((step) => typeof step === "string").join(".");
}

function simple(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, "");
}

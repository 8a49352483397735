import { parse } from "yaml";
import { CNIS } from "../cni/index.ts";
import type { Host } from "../host.ts";
import { kubectl } from "../resources/kubectl.ts";

/** What the cluster was created with, by kubeadm's ConfigMap `kubeadm-config`; and which addons it has. */
export interface Settings {
  readonly clusterName?: string;
  /** Without a leading v. */
  readonly version?: string;
  /** `10.0.0.10:8443` */
  readonly endpoint?: string;
  readonly imageRepository?: string;
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
  readonly dnsDomain?: string;
  /** The pod network is `bridge`: Tripod gives nodes their pod ranges, and the controller manager does not. */
  readonly bridge: boolean;
  /** Name of the pod network whose DaemonSet the cluster has; absent where it has none that Tripod knows. */
  readonly cni?: string;
  /** kubeadm's addons in the cluster: `addon/coredns`, `addon/kube-proxy`. */
  readonly addons: readonly string[];
}

const ADDONS = { "deployment.apps/coredns": "addon/coredns", "daemonset.apps/kube-proxy": "addon/kube-proxy" };

/** Read through one master; undefined where its API server does not answer, or there is no such ConfigMap. */
export async function readSettings(master: Host): Promise<Settings | undefined> {
  const read = (what: string) => master.read(kubectl(master, `-n kube-system get ${what}`));
  const [configuration, addons, daemonSets] = await Promise.all([
    read("configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}'"),
    read("deployment/coredns daemonset/kube-proxy --ignore-not-found -o name"),
    read(`daemonsets.apps -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}'`),
  ]);
  if ([configuration, addons, daemonSets].some(({ code }) => code !== 0)) return undefined;
  const document = parsed(configuration.stdout);
  if (!document) return undefined;
  const found = addons.stdout.split("\n");
  const present = daemonSets.stdout.split("\n");
  const cni = CNIS.find(({ daemonSet }) => daemonSet !== undefined && present.includes(daemonSet));
  return {
    ...settingsOf(document),
    ...(cni && { cni: cni.name }),
    addons: Object.entries(ADDONS).flatMap(([object, addon]) => (found.includes(object) ? [addon] : [])),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function settingsOf(document: Fields): Omit<Settings, "addons" | "cni"> {
  const networking = fields(document.networking);
  const texts = {
    clusterName: document.clusterName,
    version: typeof document.kubernetesVersion === "string" ? document.kubernetesVersion.replace(/^v/, "") : undefined,
    endpoint: document.controlPlaneEndpoint,
    imageRepository: document.imageRepository,
    podSubnet: networking.podSubnet,
    serviceSubnet: networking.serviceSubnet,
    dnsDomain: networking.dnsDomain,
  };
  const given = Object.entries(texts).filter(([, value]) => typeof value === "string" && value !== "");
  const allocate = argument(fields(document.controllerManager).extraArgs, "allocate-node-cidrs");
  return {
    ...(Object.fromEntries(given) as Partial<Record<keyof typeof texts, string>>),
    bridge: allocate === "false",
  };
}

/** Flags of a component: a map until v1beta3, a list of `{name, value}` from v1beta4 on. */
function argument(args: unknown, name: string): unknown {
  if (!Array.isArray(args)) return fields(args)[name];
  return fields(args.find((each) => fields(each).name === name)).value;
}

function parsed(text: string): Fields | undefined {
  try {
    // kubeadm writes no aliases; refusing them bounds what a forged document can expand to.
    const document: unknown = parse(text, { version: "1.1", maxAliasCount: 0 });
    return typeof document === "object" && document !== null ? (document as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

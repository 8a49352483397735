import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { downloadIn } from "../bundle/content.ts";
import type { Bundle } from "../bundle/open.ts";
import { STANDARD_PLUGINS } from "../cni/cni.ts";
import { cniOf } from "../cni/index.ts";
import { proxyEnvironment } from "../config/proxy.ts";
import { TripodError } from "../errors.ts";
import { hardware } from "../facts/hardware.ts";
import { packaged } from "../facts/packaged.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { SoftwareOrigin } from "../inventory/sections/software.ts";
import { type Architecture, architectureOf, type Artifact, type SoftwareComponent } from "../releases/artifact.ts";
import { checksumOf } from "../releases/checksum.ts";
import { artifactsOf, LOCAL_BIN, OFFICIAL, OPT_CNI_BIN, type Sources } from "../releases/projects.ts";
import { binary } from "../resources/binary.ts";
import { directory } from "../resources/directory.ts";
import { hostReaches, release } from "../resources/release.ts";
import type { Resource } from "../resources/resource.ts";
import { versionsFor, type ProgramVersions } from "../versions.ts";
import { type Context, onceKey } from "./phase.ts";

interface FolderContent {
  /** A folder contains all of them, or does not contain the component. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly to: string;
}

/** The files of each component in `software.binaries`. */
const IN_FOLDER: Readonly<Record<SoftwareComponent, FolderContent>> = {
  kubernetes: { required: ["kubeadm", "kubelet", "kubectl"], optional: ["crictl"], to: LOCAL_BIN },
  etcd: { required: ["etcd", "etcdctl"], optional: ["etcdutl"], to: LOCAL_BIN },
  containerd: { required: ["containerd", "containerd-shim-runc-v2", "ctr", "runc"], optional: [], to: LOCAL_BIN },
  cni: { required: STANDARD_PLUGINS.map((plugin) => `cni/${plugin}`), optional: [], to: OPT_CNI_BIN },
};

/**
 * Where a component comes from on this host: what the inventory sets for it; else the folder, where that contains it; else what the inventory
 * sets for all. Where it sets nothing, a component that a package has installed before stays a package's: a default must not exchange
 * the programs of a running cluster, or of Docker.
 */
export function originOf(host: Host, cluster: Cluster, component: SoftwareComponent): SoftwareOrigin {
  return chosenOrigin(cluster, component) ?? (host.fact(packaged).has(component) ? "packages" : "releases");
}

/** The same as far as the inventory and the folder decide it; undefined: the host does. */
export function chosenOrigin({ software }: Cluster, component: SoftwareComponent): SoftwareOrigin | undefined {
  const { from, binaries } = software;
  const own = typeof from === "object" ? from[component] : undefined;
  const there = (name: string) => binaries !== undefined && existsSync(join(binaries, name));
  if (own === undefined && IN_FOLDER[component].required.some(there)) return "folder";
  return own ?? (typeof from === "string" ? from : undefined);
}

/** The absolute path of a program of a component on a host. */
export function programPath(host: Host, cluster: Cluster, component: SoftwareComponent, program: string): string {
  return originOf(host, cluster, component) === "packages" ? `/usr/bin/${program}` : `${LOCAL_BIN}/${program}`;
}

/** Where containerd looks for plugins on this host: in the package's folder only where all of them are the package's. */
export function cniBinDir(host: Host, cluster: Cluster): string {
  const allPackaged = originOf(host, cluster, "cni") === "packages" && !cniOf(cluster.network).installsPlugins;
  return allPackaged ? host.os.cniBinDir : OPT_CNI_BIN;
}

/** The versions that are installed from releases: the inventory's, else those of the table. */
export function versionsOf({ kubernetes, software }: Cluster): ProgramVersions {
  return { ...versionsFor(kubernetes.minor), ...(software.versions as Partial<ProgramVersions>) };
}

/**
 * A component's programs on a host, unless they are a package's.
 * @throws TripodError E_LOCAL where the folder does not contain them, or a checksum cannot be fetched; E_PREFLIGHT for another processor
 */
export async function programs(host: Host, context: Context, component: SoftwareComponent): Promise<Resource[]> {
  const origin = originOf(host, context.cluster, component);
  if (origin === "packages") return [];
  if (origin === "folder") return fromFolder(context.cluster, component);
  const replaceable = isReplaceable(context.cluster, component);
  const { bundle } = context.cluster.software;
  if (bundle) return fromBundle(bundle, context.cluster, component, bundledArchitecture(host, bundle));
  const ca = await authorities(context);
  const way = { ca, environment: proxyEnvironment(context.cluster) };
  return Promise.all(
    artifactsFor(context.cluster, component, architectureFor(host)).map(async (artifact) => {
      const { origin: source } = new URL(artifact.url);
      // Each source is asked once a run: where nothing answers, that takes seconds.
      const reaches = (asked: Host) =>
        context.once(onceKey<boolean | undefined>(`${asked.name} reaches ${source}`), () =>
          hostReaches(asked, artifact.url, way),
        );
      return release({ artifact, sha256: await checksum(context, artifact, ca), way, reaches, replaceable });
    }),
  );
}

/** Their paths: a process that is older than one of them is restarted. */
export function writtenBy(resources: readonly Resource[]): string[] {
  return resources.flatMap(({ writes = [] }) => writes);
}

/** A pod network's own pods install plugins of theirs: Calico's replace the standard ones. Who was last is nobody's drift. */
function isReplaceable({ network }: Cluster, component: SoftwareComponent): boolean {
  return component === "cni" && cniOf(network).installsPlugins;
}

function fromFolder(cluster: Cluster, component: SoftwareComponent): Resource[] {
  const { software } = cluster;
  const { required, optional, to } = IN_FOLDER[component];
  const replaceable = isReplaceable(cluster, component);
  const folder = software.binaries ?? "";
  const missing = required.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0)
    throw new TripodError("E_LOCAL", `${folder} does not contain ${missing.join(", ")}`, {
      hint: "put them into the folder of `software.binaries`, or let them come from elsewhere with `software.from`",
    });
  const names = [...required, ...optional.filter((name) => existsSync(join(folder, name)))];
  return [
    directory({ path: to, mode: 0o755 }),
    ...names.map((name) => binary({ localPath: join(folder, name), path: join(to, basename(name)), replaceable })),
  ];
}

function architectureFor(host: Host): Architecture {
  const machine = host.fact(hardware).architecture;
  const architecture = architectureOf(machine);
  if (architecture !== undefined) return architecture;
  throw new TripodError("E_PREFLIGHT", `there are no releases for its processor (${machine})`, {
    host: host.name,
    origin: host.machine.origin,
    hint: "use an amd64 or arm64 machine, or set `software.from` to packages",
  });
}

/** The architecture of a host that a bundle has to have. @throws TripodError E_PREFLIGHT where it does not */
export function bundledArchitecture(host: Host, { name, content: { architectures } }: Bundle): Architecture {
  const architecture = architectureFor(host);
  if (architectures.includes(architecture)) return architecture;
  throw new TripodError("E_PREFLIGHT", `${name} has nothing for its processor (${architecture})`, {
    host: host.name,
    origin: host.machine.origin,
    why: `the bundle is for ${architectures.join(", ")}`,
    hint: `make it again: \`tripod bundle --arch ${[...architectures, architecture].join(",")}\``,
  });
}

function fromBundle(bundle: Bundle, cluster: Cluster, component: SoftwareComponent, arch: Architecture): Resource[] {
  const replaceable = isReplaceable(cluster, component);
  return artifactsFor(cluster, component, arch, OFFICIAL).map((artifact) => {
    const { path, sha256 } = downloadIn(bundle.content, artifact.url);
    return release({ artifact, sha256, local: join(bundle.folder, path), replaceable });
  });
}

/** The downloads of a component for an architecture. @param sources default: the inventory's mirrors, else the projects' own servers */
export function artifactsFor(
  cluster: Cluster,
  component: SoftwareComponent,
  architecture: Architecture,
  sources: Sources = sourcesOf(cluster),
): readonly Artifact[] {
  const { version: kubernetes } = cluster.kubernetes;
  return artifactsOf(component, { kubernetes, versions: versionsOf(cluster), architecture, sources });
}

function sourcesOf({ software: { mirrors } }: Cluster): Sources {
  return { kubernetes: mirrors.kubernetes ?? OFFICIAL.kubernetes, github: mirrors.github ?? OFFICIAL.github };
}

/** Fetched once a run for all hosts. */
function checksum({ once, signal }: Context, artifact: Artifact, ca: string | undefined): Promise<string> {
  return once(onceKey<string>(`checksum of ${artifact.url}`), () => checksumOf(artifact, { signal, ca }));
}

/** The certificates of `software.ca`, PEM; undefined without the key. Read once a run. */
export function authorities({ once, cluster }: Context): Promise<string | undefined> {
  return once(onceKey<string | undefined>("authorities for downloads"), () => authoritiesOf(cluster));
}

/** What the inventory trusts for downloads beside the usual authorities, PEM. */
export async function authoritiesOf({ software: { ca } }: Cluster): Promise<string | undefined> {
  return ca === undefined ? undefined : await readFile(ca, "utf8");
}

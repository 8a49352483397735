import { cniOf } from "../cni/index.ts";
import { proxyEnvironment } from "../config/proxy.ts";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { PackageRepository } from "../os/os.ts";
import type { SoftwareComponent } from "../releases/artifact.ts";
import { parsePublicKey } from "../releases/openpgp.ts";
import { bareFingerprint, PACKAGES_SITE, repositoryKey } from "../releases/repository-key.ts";
import { transactionOf } from "../resources/package.ts";
import { exported, sh } from "../remote/shell.ts";
import { type Context, onceKey } from "./phase.ts";
import { authorities, originOf } from "./software.ts";

/** What a host needs from its package manager. */
interface WantedPackages {
  readonly names: readonly string[];
  /** Those of them that must change only together with the rest of the cluster. */
  readonly hold: readonly string[];
  /** The same for what they may bring along. */
  readonly holdToo: readonly string[];
}

export function wantedPackages(host: Host, cluster: Cluster): WantedPackages {
  const { packages: of } = host.os;
  const packaged = (component: SoftwareComponent) => originOf(host, cluster, component) === "packages";
  const isMaster = host.machine.role === "master";
  const hold = [
    ...(packaged("containerd") ? of.containerd : []),
    ...(packaged("kubernetes") ? of.kubernetes(cluster.kubernetes.version) : []),
    ...(packaged("etcd") && isMaster ? of.etcd : []),
  ];
  const names = [...hold, ...of.node];
  const holdToo = packaged("kubernetes") ? of.ofKubernetes : [];
  if (cniOf(cluster.network).plugins.length > 0 && packaged("cni")) names.push(...of.cniPlugins);
  if (!isMaster) return { names, hold, holdToo };
  if (cluster.loadBalancer.haproxy) names.push(...of.haproxy);
  return { names: [...names, ...of.keepalived], hold, holdToo };
}

/** Whether a host's package manager can install what the host needs, and from where. */
export interface PackageSupply {
  /** What the package manager would install: what is missing, or there in another version. Empty: nothing was asked. */
  readonly install: readonly string[];
  readonly installable: boolean;
  /** What it said. */
  readonly printed: string;
  /** Kubernetes' own repository, where this host is to have it. */
  readonly repository?: PackageRepository;
}

/**
 * Asks the host's package manager, once a run, and changes nothing: a simulation with the package lists that the host has; where these do not
 * suffice, with fresh ones; and where these do not either, with Kubernetes' own repository in addition. A host that has the repository
 * from an earlier run keeps it.
 * @throws TripodError E_REFUSED where the repository's key is another one; E_LOCAL where a host has lost its key and it cannot be fetched again
 */
export function packageSupply(host: Host, context: Context): Promise<PackageSupply> {
  return context.once(onceKey<PackageSupply>(`packages for ${host.name}`), async () => {
    const wanted = wantedPackages(host, context.cluster);
    const [{ stdout }, described] = await Promise.all([
      host.read(host.os.installed([...wanted.names, ...wanted.holdToo])),
      readDescription(host, context.cluster),
    ]);
    const { install } = transactionOf(host.os, wanted, stdout);
    const kept = described.ours ? { repository: await repositoryOf(host, context, described.key) } : {};
    if (install.length === 0) return { install, installable: true, printed: "", ...kept };
    const known = await simulated(host, context, install, "known");
    const own = known.installable ? known : await simulated(host, context, install, "fresh");
    const ofKubernetes = host.os.packages.kubernetes(context.cluster.kubernetes.version);
    if (own.installable || described.enough || !install.some((name) => ofKubernetes.includes(name)))
      return { install, ...own, ...kept };
    try {
      const repository = await repositoryOf(host, context);
      return { install, ...(await simulated(host, context, install, repository)), repository };
    } catch (error) {
      if (!(error instanceof TripodError) || error.code !== "E_LOCAL") throw error;
      const { why = "" } = error.details;
      return { install, installable: false, printed: `${own.printed.trimEnd()}\n${error.message}: ${why}\n` };
    }
  });
}

/** ms: fetching package lists over a slow line. */
const SIMULATION = 5 * 60_000;

async function simulated(
  host: Host,
  { cluster, signal }: Context,
  names: readonly string[],
  lists: "known" | "fresh" | PackageRepository,
): Promise<Pick<PackageSupply, "installable" | "printed">> {
  const script = `${exported(proxyEnvironment(cluster))}${host.os.simulate(names, lists)}`;
  const { code, stdout } = await host.connection.run(script, { input: "", within: SIMULATION, signal });
  return { installable: code === 0, printed: stdout };
}

interface Description {
  /** Tripod has described the repository on this host, for whichever minor. */
  readonly ours: boolean;
  /** Kubernetes does not come from packages, or somebody else has described the repository of this minor. */
  readonly enough: boolean;
  /** The key that the host has for it; empty without one. */
  readonly key: string;
}

/** Marks a file as Tripod's, in its first line. */
const OURS = "Written by Tripod";

async function readDescription(host: Host, cluster: Cluster): Promise<Description> {
  if (originOf(host, cluster, "kubernetes") !== "packages") return { ours: false, enough: true, key: "" };
  const { described, files, key, folder } = host.os.repository;
  const pattern = `^[^#]*/core:/stable:/v1[.]${cluster.kubernetes.minor}/${folder}`;
  const { stdout } =
    await host.read(`${sh`for f in ${Object.keys(files)}; do grep -qsF ${OURS} "$f" && echo ours && break; done`}
${sh`grep -rlsE --include=${"*.list"} --include=${"*.sources"} --include=${"*.repo"} ${pattern} ${described}`} | while read -r f; do grep -qF ${sh`${OURS}`} "$f" || { echo theirs; break; }; done
${sh`head -c 65536 ${key} 2>/dev/null; true`}`);
  const says = (word: string) => new RegExp(`^${word}$`, "m").test(stdout);
  return { ours: says("ours"), enough: says("theirs"), key: stdout.replace(/^(?:ours\n)?(?:theirs\n)?/, "") };
}

/** @param key the key that the host has: where it has the right fingerprint, none is fetched */
async function repositoryOf(host: Host, context: Context, key = ""): Promise<PackageRepository> {
  const { software, kubernetes } = context.cluster;
  const { url: site, fingerprint } = software.packageRepository;
  const { folder, publishedKey } = host.os.repository;
  const url = `${site}/core:/stable:/v1.${kubernetes.minor}/${folder}`;
  const ca = await authorities(context);
  const published = `${url}/${publishedKey}`;
  const fetched = () =>
    context.once(onceKey<string>(`key ${published}`), () =>
      repositoryKey(published, fingerprint, { signal: context.signal, ca }),
    );
  const right = fingerprintOf(key) === bareFingerprint(fingerprint);
  const own = site === PACKAGES_SITE ? {} : { ca };
  return { url, minor: kubernetes.minor, key: right ? key : await fetched(), ...own };
}

function fingerprintOf(key: string): string | undefined {
  try {
    return parsePublicKey(key).fingerprint;
  } catch {
    return undefined;
  }
}

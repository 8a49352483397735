import { rm, symlink } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { type Base, baseOf, type BaseOptions } from "./base.ts";
import { labFolders } from "./folders.ts";
import { prepareHosts } from "./hosts.ts";
import { imagesFolder } from "./images.ts";
import { kubernetesFolder, linkBinaries, mustHaveAll } from "./kubernetes.ts";
import { runningHosts, startHost } from "./lxc.ts";
import { mirrorContent } from "./mirror/content.ts";
import { hasMirror, makeMirror, type Published, startMirror, wantsReleases, wantsRepository } from "./mirror/mirror.ts";
import { repositoryContent } from "./mirror/package-repository.ts";
import { makeNetwork } from "./network.ts";
import { raiseInotifyLimit, onOperatorMachine, recordSettings } from "./operator-machine.ts";
import { poll } from "./poll.ts";
import { debianOf } from "./release.ts";
import { rootFileSystem } from "./rootfs.ts";
import { answering, canLogIn } from "./ssh.ts";
import { notMirrored, type Station, topology } from "./topology.ts";

export interface LabOptions extends BaseOptions {
  /** Installs missing Debian packages on the operator's machine. */
  readonly install?: boolean;
  /** A folder with the programs of the inventory's Kubernetes; default: the inventory's, or found by the lab. */
  readonly binaries?: string;
  /** Only hosts, without the programs and images of Kubernetes. */
  readonly hostsOnly?: boolean;
}

/** ms; a boot takes a second or two. */
const BOOT = 60_000;

/** Creates and starts the missing parts of a lab, and waits until every host accepts a login. Only one process may do this at a time. */
export async function bringUp(cluster: Cluster, options: LabOptions): Promise<void> {
  // Before root file systems are created, which takes minutes.
  if (!options.hostsOnly) mustHaveAll(cluster, options.binaries);
  const running = await runningHosts(cluster.name);
  const network = topology(cluster);
  const names = network.stations.map(({ name }) => name);
  const off = names.filter((name) => !running.includes(name));
  const base = await baseOf(cluster.name, names, options);
  const content = options.hostsOnly ? undefined : await provideSoftware(cluster, base, options);
  await onOperatorMachine(options, async () => {
    await recordSettings();
    await makeNetwork(cluster.name, network);
    await raiseInotifyLimit(off.length, options);
  });
  const [segment] = network.segments;
  if (content && segment && !hasMirror(cluster.name)) await makeMirror(cluster.name, segment.operator, content);
  await startMirror(cluster.name, options.signal);
  await prepareHosts(cluster.name, base, network);
  options.signal?.throwIfAborted();
  if (off.length > 0) {
    notMirrored(cluster).forEach(options.progress);
    options.progress(`starting ${off.join(", ")}`);
  }
  await Promise.all(off.map((name) => startHost(cluster.name, name)));
  await untilUp(cluster.name, network.stations, options.signal);
}

/**
 * Programs and images of Kubernetes, linked into the lab's folder, unless the inventory sets them.
 * @returns what the mirror of releases serves, for hosts that have no software yet
 */
async function provideSoftware(cluster: Cluster, base: Base, options: LabOptions): Promise<Published | undefined> {
  const { software, name } = cluster;
  const packaged = base.flavour === "pristine" && wantsRepository(software);
  const mirrored = packaged || (base.flavour === "pristine" && wantsReleases(software));
  if (software.images !== undefined && software.binaries !== undefined && !mirrored) return undefined;
  const folders = labFolders(name);
  const programs = await kubernetesFolder(cluster, options.binaries, options);
  await linkBinaries(programs, folders.binaries, cluster.kubernetes.minor);
  const rootfs = await rootFileSystem(debianOf(base.release), "ready", options);
  const images = software.images ?? (await imagesFolder(cluster, programs, rootfs, options));
  if (software.images === undefined) {
    await rm(folders.images, { force: true });
    await symlink(images, folders.images);
  }
  if (!mirrored) return undefined;
  return {
    releases: await mirrorContent(cluster, { programs, rootfs, images }, options),
    repository: packaged ? await repositoryContent(cluster, programs, rootfs, options) : undefined,
  };
}

/** @throws TripodError E_LAB with each host's last error */
export async function untilUp(lab: string, stations: readonly Station[], signal?: AbortSignal): Promise<void> {
  const waiting = new Map(stations.map((station) => [station, "its sshd does not answer"]));
  const answer = await poll(BOOT, signal, async () => {
    const there = await answering(lab, [...waiting.keys()]);
    await Promise.all(
      there.map(async (station) => {
        const said = await canLogIn(lab, station);
        if (said === true) waiting.delete(station);
        else waiting.set(station, said);
      }),
    );
    return waiting.size === 0 || [...waiting].map(([{ name }, reason]) => `${name}: ${reason}`).join("\n");
  });
  if (answer === true) return;
  throw new TripodError("E_LAB", `the lab's hosts accepted no login within ${BOOT / 1000} s`, {
    why: answer,
    hint: "see lxc.log in the lab's folder, or remove the lab with `tripod lab down -i FILE` and try again",
  });
}

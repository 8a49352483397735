import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import type { Progress } from "./cache.ts";
import { emptyEtcdDisk } from "./etcd-disk.ts";
import { labFolders } from "./folders.ts";
import { packageFolder } from "./packages.ts";
import { debianOf, DEFAULT_RELEASE, EL9_LIKE, type Release, type Releases, RELEASES } from "./release.ts";
import { rootFileSystem } from "./rootfs.ts";
import { writeAtomically } from "./write-atomically.ts";

/** The root file system of a host: paths in the cache. */
export interface Root {
  readonly rootfs: string;
  /** An empty etcd disk. */
  readonly etcdDisk: string;
  /** The package repository of pristine hosts. */
  readonly packages?: string;
}

/** The root file systems of a lab's hosts; recorded with the lab, so that a newer Tripod does not change them. */
export interface Base {
  readonly flavour: "ready" | "pristine";
  /** The release of hosts that are not in `named`. */
  readonly release: Release;
  readonly named: Readonly<Record<string, Release>>;
  readonly roots: Readonly<Partial<Record<Release, Root>>>;
}

export interface BaseOptions extends Progress {
  /** One release for all hosts, or a release per host. Default: bookworm. */
  readonly release?: Release | Releases | undefined;
  /** Hosts with nothing but systemd, sshd and sudo, and a folder of packages. */
  readonly pristine?: boolean | undefined;
}

export function rootOf({ release, named, roots }: Base, host: string): Root {
  const root = roots[named[host] ?? release];
  if (root) return root;
  throw new TripodError("E_INTERNAL", `the lab has no root file system for ${host}`);
}

/**
 * The root file systems of the lab's hosts. Those of existing hosts cannot be changed.
 * @param hosts names; new hosts that the options do not name get the lab's release
 * @throws TripodError E_LAB if the options differ from the existing lab
 */
export async function baseOf(lab: string, hosts: readonly string[], options: BaseOptions): Promise<Base> {
  const { root, record } = labFolders(lab);
  const there = existsSync(record) ? (JSON.parse(await readFile(record, "utf8")) as Base) : undefined;
  const asked = typeof options.release === "string" ? { others: options.release, named: {} } : options.release;
  if (there) assertUnchanged(lab, there, asked, options.pristine);
  const flavour = there?.flavour ?? (options.pristine ? "pristine" : "ready");
  const release = there?.release ?? asked?.others ?? DEFAULT_RELEASE;
  const chosen = (host: string): Release => asked?.named[host] ?? asked?.others ?? release;
  const named = Object.fromEntries(hosts.map((host) => [host, there?.named[host] ?? chosen(host)]));
  const roots = { ...there?.roots };
  for (const one of RELEASES)
    if (one === release || Object.values(named).includes(one)) roots[one] ??= await newRoot(one, flavour, options);
  const base = { flavour, release, named: { ...there?.named, ...named }, roots };
  await mkdir(root, { recursive: true });
  await writeAtomically(record, `${JSON.stringify(base, null, 2)}\n`);
  return base;
}

function assertUnchanged(lab: string, there: Base, asked: Releases | undefined, pristine: boolean | undefined): void {
  const gone = Object.values(there.roots).find(({ rootfs }) => !existsSync(rootfs));
  const others = Object.entries(there.named).filter(([host, has]) => {
    const wanted = asked?.named[host] ?? asked?.others;
    return wanted !== undefined && wanted !== has;
  });
  const flavours = pristine !== undefined && pristine !== (there.flavour === "pristine");
  if (!gone && others.length === 0 && !flavours) return;
  const hosts = Object.entries(there.named).map(([host, release]) => `${host} ${release}`);
  throw new TripodError("E_LAB", `the lab ${lab} has another root file system`, {
    why: `it is ${there.flavour}, with Debian ${hosts.join(", ")}${gone ? `; ${gone.rootfs} is missing` : ""}`,
    hint: "remove the lab first: tripod lab down -i FILE",
  });
}

async function newRoot(release: Release, flavour: Base["flavour"], work: Progress): Promise<Root> {
  if (release === EL9_LIKE && flavour !== "pristine")
    throw new TripodError("E_USAGE", `${EL9_LIKE} hosts have no software of a node`, {
      hint: "create them as pristine machines: --pristine",
    });
  const rootfs = await rootFileSystem(debianOf(release), release === EL9_LIKE ? EL9_LIKE : flavour, work);
  // An EL9-like host's are RPMs, within its root file system.
  const packages =
    flavour === "pristine" && release !== EL9_LIKE ? await packageFolder(release, rootfs, work) : undefined;
  const etcdDisk = await emptyEtcdDisk(join(rootfs, "var/lib/etcd"), work);
  return { rootfs, etcdDisk, ...(packages !== undefined && { packages }) };
}

import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import type { Progress } from "./cache.ts";
import { emptyEtcdDisk } from "./etcd-disk.ts";
import { labFolders } from "./folders.ts";
import { packageFolder } from "./packages.ts";
import { type Release, type Releases, RELEASES } from "./release.ts";
import { rootFileSystem } from "./rootfs.ts";
import { writeWhole } from "./write-whole.ts";

/** What a host stands on: paths in the cache. */
export interface Root {
  readonly rootfs: string;
  /** An etcd's disk before anything is on it. */
  readonly etcdDisk: string;
  /** Where pristine hosts install from. */
  readonly packages?: string;
}

/** What the hosts of a lab stand on; kept beside the lab, so that a newer Tripod does not change it under them. */
export interface Base {
  readonly flavour: "ready" | "pristine";
  /** Of hosts that are not named. */
  readonly release: Release;
  readonly named: Readonly<Record<string, Release>>;
  readonly roots: Readonly<Partial<Record<Release, Root>>>;
}

export interface BaseOptions extends Progress {
  /** Of all hosts, or which hosts have which. Default: bookworm. */
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
 * What the lab's hosts stand on. Of a lab that is there already nothing can be changed.
 * @param hosts names; those that are not named by the options, and are new, get the lab's own release
 * @throws TripodError E_LAB where the lab and the options do not agree
 */
export async function baseOf(lab: string, hosts: readonly string[], options: BaseOptions): Promise<Base> {
  const { root, record } = labFolders(lab);
  const there = existsSync(record) ? (JSON.parse(await readFile(record, "utf8")) as Base) : undefined;
  const asked = typeof options.release === "string" ? { others: options.release, named: {} } : options.release;
  if (there) mustAgree(lab, there, asked, options.pristine);
  const flavour = there?.flavour ?? (options.pristine ? "pristine" : "ready");
  const release = there?.release ?? asked?.others ?? "bookworm";
  const chosen = (host: string): Release => asked?.named[host] ?? asked?.others ?? release;
  const named = Object.fromEntries(hosts.map((host) => [host, there?.named[host] ?? chosen(host)]));
  const roots = { ...there?.roots };
  for (const one of RELEASES)
    if (one === release || Object.values(named).includes(one)) roots[one] ??= await newRoot(one, flavour, options);
  const base = { flavour, release, named: { ...there?.named, ...named }, roots };
  await mkdir(root, { recursive: true });
  await writeWhole(record, `${JSON.stringify(base, null, 2)}\n`);
  return base;
}

function mustAgree(lab: string, there: Base, asked: Releases | undefined, pristine: boolean | undefined): void {
  const gone = Object.values(there.roots).find(({ rootfs }) => !existsSync(rootfs));
  const others = Object.entries(there.named).filter(([host, has]) => {
    const wanted = asked?.named[host] ?? asked?.others;
    return wanted !== undefined && wanted !== has;
  });
  const flavours = pristine !== undefined && pristine !== (there.flavour === "pristine");
  if (!gone && others.length === 0 && !flavours) return;
  const hosts = Object.entries(there.named).map(([host, release]) => `${host} ${release}`);
  throw new TripodError("E_LAB", `the lab ${lab} stands on another root file system`, {
    why: `it is ${there.flavour}, with Debian ${hosts.join(", ")}${gone ? `; ${gone.rootfs} is gone` : ""}`,
    hint: "take the lab away first: tripod lab down -i FILE",
  });
}

async function newRoot(release: Release, flavour: Base["flavour"], work: Progress): Promise<Root> {
  const rootfs = await rootFileSystem(release, flavour, work);
  const packages = flavour === "pristine" ? await packageFolder(release, rootfs, work) : undefined;
  const etcdDisk = await emptyEtcdDisk(join(rootfs, "var/lib/etcd"), work);
  return { rootfs, etcdDisk, ...(packages !== undefined && { packages }) };
}

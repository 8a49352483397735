import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import type { Progress } from "./cache.ts";
import { labFolders } from "./folders.ts";
import { packageFolder } from "./packages.ts";
import type { Release } from "./release.ts";
import { rootFileSystem } from "./rootfs.ts";
import { writeWhole } from "./write-whole.ts";

/** What all hosts of a lab stand on; kept beside the lab, so that a newer Tripod does not change it under them. */
export interface Base {
  readonly release: Release;
  readonly flavour: "ready" | "pristine";
  readonly rootfs: string;
  /** Where pristine hosts install from. */
  readonly packages?: string;
}

export interface BaseOptions extends Progress {
  readonly release?: Release;
  /** Hosts with nothing but systemd, sshd and sudo, and a folder of packages. */
  readonly pristine?: boolean;
}

/** The base of a lab that is there, else a new one as the options say. Throws E_LAB where the two do not agree. */
export async function baseOf(lab: string, options: BaseOptions): Promise<Base> {
  const { root, record } = labFolders(lab);
  if (!existsSync(record)) {
    const base = await newBase(options);
    await mkdir(root, { recursive: true });
    await writeWhole(record, `${JSON.stringify(base, null, 2)}\n`);
    return base;
  }
  const base = JSON.parse(await readFile(record, "utf8")) as Base;
  const { release = base.release, pristine = base.flavour === "pristine" } = options;
  if (release === base.release && pristine === (base.flavour === "pristine") && existsSync(base.rootfs)) return base;
  throw new TripodError("E_LAB", `the lab ${lab} stands on another root file system`, {
    why: `it is ${base.flavour}, Debian ${base.release}: ${base.rootfs}${existsSync(base.rootfs) ? "" : ", which is gone"}`,
    hint: "take the lab away first: tripod lab down",
  });
}

async function newBase(options: BaseOptions): Promise<Base> {
  const { release = "bookworm", pristine = false } = options;
  const flavour = pristine ? "pristine" : "ready";
  const rootfs = await rootFileSystem(release, flavour, options);
  const packages = pristine ? await packageFolder(release, rootfs, options) : undefined;
  return { release, flavour, rootfs, ...(packages !== undefined && { packages }) };
}

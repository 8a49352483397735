import { statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Cluster } from "./cluster.ts";

/** Names that stand for what a process has open: another command finds something else there, or nothing. */
const OF_A_PROCESS = /^\/(?:dev|proc)\//;
/** One word of a shell that needs no quotes. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * Whether the next command can read it as this one did: neither a pipe, nor the standard input, nor what bash's `<(…)` makes.
 * @param file absolute
 */
export function isLasting(file: string): boolean {
  return !OF_A_PROCESS.test(file) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * For the commands in hints, which have to work when they are typed: `-i inventories/prod.yaml`. `-i FILE` where the inventory came from
 * something that the next command cannot read, or its name would need quotes.
 * @param file the inventory; relative to `cwd` or absolute
 * @param cwd where the command will be typed
 */
export function inventoryOption(file: string, cwd = process.cwd()): string {
  const path = resolve(cwd, file);
  const inside = relative(cwd, path);
  const shown = inside.startsWith("..") ? path : inside;
  return `-i ${isLasting(path) && PLAIN.test(shown) ? shown : "FILE"}`;
}

/** The same for a cluster, `--lab -i inventories/lab.yaml` for one on its lab's machines: a hint must not lead to the real ones. */
export function clusterOptions({ file, lab }: Pick<Cluster, "file" | "lab">): string {
  return `${lab ? "--lab " : ""}${inventoryOption(file)}`;
}

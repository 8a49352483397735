import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** One thing in a file system. */
export interface Entry {
  readonly path: string;
  /** `type mode owner:group`, e.g. `file 644 0:0` */
  readonly kind: string;
  /** A file's size and digest, a link's target. */
  readonly content: string;
  /** When it was last touched in any way (ctime), ns. Nobody can set it back. */
  readonly changed: bigint;
}

/** Programs, where they and their libraries are to be found, and what the kernel makes up; what was written over programs shows in the overlay's upper folder. */
const SKIPPED = /^\/(proc|usr|usr\/local\/bin\/node|\.work|dev|etc\/alternatives|etc\/ld\.so\..*)$/;
const MOUNTED = ["/usr/local", "/usr/lib/systemd/system"];

/** Everything under this root, sorted by path. */
export function listing(root: string): Entry[] {
  const entries: Entry[] = [];
  const walk = (path: string): void => {
    entries.push(entry(root, path));
    if (!lstatSync(join(root, path)).isDirectory()) return;
    for (const name of readdirSync(join(root, path)).toSorted()) {
      const inner = join(path, name);
      if (!SKIPPED.test(inner)) walk(inner);
    }
  };
  for (const top of ["/", ...MOUNTED]) walk(top);
  return entries;
}

function entry(root: string, path: string): Entry {
  const stats = lstatSync(join(root, path), { bigint: true });
  const type = stats.isDirectory() ? "directory" : stats.isFile() ? "file" : stats.isSymbolicLink() ? "link" : "other";
  const kind = `${type} ${(stats.mode & 0o7777n).toString(8)} ${stats.uid}:${stats.gid}`;
  return { path, kind, content: contentOf(join(root, path), stats), changed: stats.ctimeNs };
}

function contentOf(path: string, stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return readlinkSync(path);
  return stats.isFile() ? `${stats.size} ${createHash("sha256").update(readFileSync(path)).digest("hex")}` : "";
}

/** A listing without times; of files whose path matches only that they are there (a key is another one every time). */
export function lasting(entries: readonly Entry[], everNew: RegExp = /^$/): string[] {
  return entries.map(({ path, kind, content }) => `${path} ${kind} ${everNew.test(path) ? "" : content}`.trimEnd());
}

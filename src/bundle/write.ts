import { copyFile, link, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TripodError } from "../errors.ts";
import { fileDigest } from "../file-digest.ts";
import { packFiles } from "../pack-files.ts";
import { cacheFolder } from "../xdg.ts";
import { type BundleContent, type BundleEntry, LIST } from "./content.ts";

/** What is going to be a bundle: a folder in the user's cache, until it is packed. */
export interface BundleDraft {
  /** Puts a file there, by a link where that is possible. @param localPath absolute, on the operator's machine */
  add(entry: Omit<BundleEntry, "size" | "sha256">, localPath: string): Promise<void>;
  /** Where a file of this name can be written, before it is added. */
  place(name: string): string;
  /** Packs what was added. */
  finish(about: Omit<BundleContent, "entries">, signal: AbortSignal): Promise<WrittenBundle>;
}

export interface WrittenBundle {
  readonly content: BundleContent;
  /** bytes */
  readonly size: number;
  /** Of the whole file, 64 hex digits. */
  readonly sha256: string;
}

/**
 * Prepares a bundle, and writes it. The file is complete, or is not there; nothing of the preparation is left.
 * @param file absolute
 * @throws what `work` throws; TripodError E_LOCAL where the file cannot be written, before `work` begins
 */
export async function drafting<T>(file: string, work: (draft: BundleDraft) => Promise<T>): Promise<T> {
  const partial = `${file}.partial`;
  const bundles = join(cacheFolder(), "bundles");
  let root: string | undefined;
  try {
    await writeFile(partial, "");
    await mkdir(bundles, { recursive: true });
    root = await mkdtemp(join(bundles, "draft-"));
    return await work(draftIn(root, partial, file));
  } catch (cause) {
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new TripodError("E_LOCAL", `cannot write ${file}`, {
      why: cause.message,
      hint: "check that its folder exists, that you may write there, and that its disk and that of the cache have room",
      cause,
    });
  } finally {
    await rm(partial, { force: true });
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  }
}

function draftIn(root: string, partial: string, file: string): BundleDraft {
  const content = join(root, "content");
  const entries: BundleEntry[] = [];
  return {
    async add(entry, localPath) {
      const path = join(content, entry.path);
      await mkdir(dirname(path), { recursive: true });
      await link(localPath, path).catch(() => copyFile(localPath, path));
      entries.push({ ...entry, size: (await stat(path)).size, sha256: await fileDigest(path) });
    },
    place: (name) => join(root, name),
    async finish(about, signal) {
      const list: BundleContent = { ...about, entries: entries.toSorted(byPath) };
      await mkdir(content, { recursive: true });
      await writeFile(join(content, LIST), `${JSON.stringify(list, undefined, 2)}\n`);
      await packFiles(content, [LIST, ...list.entries.map(({ path }) => path)], partial, signal);
      const [sha256, { size }] = [await fileDigest(partial), await stat(partial)];
      signal.throwIfAborted();
      await rename(partial, file);
      return { content: list, size, sha256 };
    },
  };
}

/** By characters, not as this machine's language sorts. */
function byPath({ path: one }: BundleEntry, { path: other }: BundleEntry): number {
  return one < other ? -1 : 1;
}

import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { TripodError } from "../errors.ts";
import { fileDigest } from "../file-digest.ts";
import { lastLines } from "../last-lines.ts";
import { runProgram } from "../process.ts";
import { cacheFolder } from "../xdg.ts";
import { type BundleContent, bundleContent, type BundleEntry, FORMAT, LIST } from "./content.ts";

/** A bundle whose files are verified and unpacked. */
export interface Bundle {
  /** The file's name, as messages show it. */
  readonly name: string;
  /** The folder with its files, absolute, in the user's cache. */
  readonly folder: string;
  readonly content: BundleContent;
}

/** bytes; ten thousand entries have less. */
const LARGEST_LIST = 2 ** 24;

interface Opening {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Unpacks a bundle into the user's cache, by its digest, unless that was done before. All of its files are compared with its list first:
 * no more and no fewer, each with its size and digest.
 * @param file absolute
 * @throws TripodError E_USAGE where there is no such file, E_REFUSED where it is incomplete, damaged or no bundle
 */
export async function openBundle(file: string, { signal, progress }: Opening): Promise<Bundle> {
  const name = basename(file);
  progress(`reading ${name}`);
  const digest = await fileDigest(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  signal.throwIfAborted();
  const folder = join(cacheFolder(), "bundles", digest);
  if (!existsSync(folder)) await unpack(file, folder, { signal, progress });
  return { name, folder, content: parseContent(file, await readFile(join(folder, LIST), "utf8")) };
}

/** The list of a bundle, without unpacking or verifying anything else. @throws as `openBundle` */
export async function listBundle(file: string, signal: AbortSignal): Promise<BundleContent> {
  await lstat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const { code, stdout, stderr } = await runProgram(["tar", "-xOf", file, "--occurrence=1", LIST], { signal });
  if (code !== 0) throw refused(file, `it contains no ${LIST}\n${lastLines(stderr)}`);
  return parseContent(file, stdout);
}

async function unpack(file: string, folder: string, { signal, progress }: Opening): Promise<void> {
  const partial = `${folder}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const argv = ["tar", "-xf", file, "-C", partial, "--no-same-owner", "--no-same-permissions"];
    const { code, stderr } = await runProgram(argv, { signal });
    if (code !== 0) throw refused(file, lastLines(stderr));
    const list = await lstat(join(partial, LIST)).catch(() => undefined);
    if (!list?.isFile() || list.size > LARGEST_LIST) throw refused(file, `it contains no ${LIST}`);
    const { entries } = parseContent(file, await readFile(join(partial, LIST), "utf8"));
    progress(`verifying the ${entries.length} files of ${basename(file)}`);
    const wrong = [...(await unlisted(partial, entries)), ...(await damaged(partial, entries, signal))];
    if (wrong.length > 0) throw refused(file, lastLines(wrong.join("\n")));
    await rename(partial, folder).catch((error: unknown) => {
      // Another process was faster, with the same bytes.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function unlisted(folder: string, entries: readonly BundleEntry[]): Promise<string[]> {
  const listed = new Set([LIST, ...entries.map(({ path }) => path)]);
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = all
    .filter((each) => !each.isDirectory())
    .map((each) => relative(folder, join(each.parentPath, each.name)));
  return found.filter((path) => !listed.has(path)).map((path) => `${path} is not in its list`);
}

async function damaged(folder: string, entries: readonly BundleEntry[], signal: AbortSignal): Promise<string[]> {
  const wrong: string[] = [];
  for (const { path, size, sha256 } of entries) {
    signal.throwIfAborted();
    const there = await lstat(join(folder, path)).catch(() => undefined);
    // A link is no file, and one in place of a folder is not in the list.
    if (!there?.isFile()) wrong.push(`${path} is missing`);
    else if (there.size !== size) wrong.push(`${path} has ${there.size} bytes, its list has ${size}`);
    else if ((await fileDigest(join(folder, path))) !== sha256) wrong.push(`${path} does not match its digest`);
  }
  return wrong;
}

function parseContent(file: string, text: string): BundleContent {
  const { data, error } = bundleContent.safeParse(jsonOf(text));
  if (data) return data;
  const other = (jsonOf(text) as { format?: unknown } | undefined)?.format;
  if (typeof other === "number" && other !== FORMAT)
    throw new TripodError("E_REFUSED", `${file} is a bundle of another version of Tripod`, {
      why: `it has format ${other}; this Tripod reads format ${FORMAT}`,
      hint: "make it again with this version: `tripod bundle -i FILE -o FILE`",
    });
  const [issue] = error.issues;
  throw refused(file, `${LIST}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(file: string, why: string): TripodError {
  return new TripodError("E_REFUSED", `${file} is no complete bundle; nothing of it was used`, {
    why,
    hint: "copy it again, and compare its sha256 with the one that `tripod bundle` printed; or make it again",
  });
}

function unreadable(file: string, cause: unknown): TripodError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new TripodError(code === "ENOENT" ? "E_USAGE" : "E_LOCAL", `cannot read the bundle ${file}`, {
    why: message,
    hint: "make one where there is a network: `tripod bundle -i FILE -o bundle.tar`",
    cause,
  });
}

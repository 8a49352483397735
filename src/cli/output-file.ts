import { access, constants, lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { TripodError } from "../errors.ts";
import { reason } from "../inventory/files.ts";

/**
 * Checks that a file can be written, before the work whose result it gets: nobody should learn afterwards that a folder does not exist. What
 * is a file, or does not exist yet, is written beside it first, and moved into place.
 * @param file absolute
 * @throws TripodError E_LOCAL
 */
export async function mustBeWritable(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined);
  const isReplaced = there === undefined || there.isFile() || there.isSymbolicLink();
  const place = isReplaced ? dirname(file) : file;
  try {
    if (isReplaced) await access(`${place}/.`);
    await access(place, constants.W_OK);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw cannotWrite(file, cause, code === "ENOENT" || code === "ENOTDIR" ? reason(place, cause) : message);
  }
  if (there?.isDirectory()) throw cannotWrite(file, undefined, `${file} is a folder`, "name a file in it");
}

/** @param why default: the system's own words */
export function cannotWrite(
  file: string,
  cause: unknown,
  why = (cause as Error).message,
  hint = "check that its folder exists, that you may write there, and that the disk has room",
): TripodError {
  return new TripodError("E_LOCAL", `cannot write ${file}`, { why, hint, cause });
}

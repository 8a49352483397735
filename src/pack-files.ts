import { TripodError } from "./errors.ts";
import { lastLines } from "./last-lines.ts";
import { runProgram } from "./process.ts";

/** Nothing of this machine is in the archive: neither owners, modes and times, nor the order of a folder. */
const REPRODUCIBLE = [
  ...["--format=gnu", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=644", "--hard-dereference"],
  ...["--no-recursion", "--verbatim-files-from", "--files-from=-"],
];

/**
 * Packs files of a folder into a tar file, in this order: the same files give the same bytes. GNU tar does it.
 * @param paths relative to the folder
 * @throws TripodError E_LOCAL; the signal's reason
 */
export async function packFiles(
  folder: string,
  paths: readonly string[],
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const argv = ["tar", "--create", `--file=${file}`, `--directory=${folder}`, ...REPRODUCIBLE];
  const { code, stderr } = await runProgram(argv, { signal, input: paths.map((path) => `${path}\n`).join("") });
  if (code === 0) return;
  throw new TripodError("E_LOCAL", `cannot write ${file}`, {
    why: lastLines(stderr),
    hint: "check that GNU tar is installed (`tar --version`), and that the disk has room",
  });
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { poll } from "./poll.ts";

/** ms; a mount namespace and its mounts end a moment after their last process. */
const RELEASE = 10_000;

/** The loop devices of this machine that are backed by this file, or by one in this folder: `/dev/loop3`. See loop(4). */
async function loopDevices(path: string): Promise<string[]> {
  const names = (await readdir("/sys/block")).filter((name) => name.startsWith("loop"));
  const found = await Promise.all(
    names.map(async (name) => {
      const file = await readFile(join("/sys/block", name, "loop/backing_file"), "utf8").catch(() => "");
      return isOrIsIn(file.trimEnd(), path) ? [join("/dev", name)] : [];
    }),
  );
  return found.flat();
}

/** @throws TripodError E_LAB if one of them remains */
export async function untilReleased(path: string): Promise<void> {
  const answer = await poll(RELEASE, undefined, async () => {
    const devices = await loopDevices(path);
    return devices.length === 0 || devices.join(", ");
  });
  if (answer === true) return;
  throw new TripodError("E_LAB", `a disk of the lab is still in use: ${path}`, {
    why: `${answer} uses it, ${RELEASE / 1000} s after its host ended`,
    hint: "find the process that has it mounted: grep loop /proc/*/mountinfo",
  });
}

/** The kernel adds " (deleted)" to the name of a removed file. */
function isOrIsIn(file: string, path: string): boolean {
  return file === path || file === `${path} (deleted)` || file.startsWith(`${path}/`);
}

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../../src/until.ts";
import type { Status } from "../../src/status.ts";
import { tripod, tripodMust } from "./tripod.ts";

const NEVER = new AbortController().signal;
const LAB_INVENTORY = fileURLToPath(new URL("../../inventories/lab.yaml", import.meta.url));

/** A lab for one file of stories: the rehearsal's five machines under another name. */
export interface LabStory extends AsyncDisposable {
  readonly folder: string;
  readonly inventory: string;
  /** A program on one of the hosts; anything but success fails the test. */
  on(host: string, script: string): Promise<string>;
  status(): Promise<Status>;
  untilHealthy(): Promise<Status>;
}

/**
 * Bare machines with everything that a cluster is installed from.
 * @param edit what is different from inventories/lab.yaml
 * @param options of `tripod lab up`: `--pristine` for other machines
 */
export async function labStory(
  name: string,
  edit: (inventory: string) => string = (text) => text,
  ...options: readonly string[]
): Promise<LabStory> {
  const story = await storyOf(name, edit);
  await bringUp(story, ...options);
  return {
    ...story,
    async [Symbol.asyncDispose]() {
      await tripod("lab", "down", "-i", story.inventory);
      await story[Symbol.asyncDispose]();
    },
  };
}

/** Its machines, bare. */
export async function bringUp({ inventory }: LabStory, ...options: readonly string[]): Promise<void> {
  // Whatever an earlier run left half standing; and the cluster that files share, because two do not fit on this machine.
  await takeDown(STANDING);
  await tripodMust("lab", "down", "-i", inventory);
  await tripodMust("lab", "up", "-i", inventory, "--install", ...options);
}

/** The name of the lab that files of stories share (./standing-lab.ts). */
export const STANDING = "stands";

/** Ends a lab by its name alone. */
export async function takeDown(name: string): Promise<void> {
  await using story = await storyOf(name);
  await tripodMust("lab", "down", "-i", story.inventory);
}

/** How a lab is talked to, whether or not it is up. */
export async function storyOf(name: string, edit: (inventory: string) => string = (text) => text): Promise<LabStory> {
  const folder = await mkdtemp(join(tmpdir(), `tripod-${name}-`));
  const inventory = join(folder, `${name}.yaml`);
  await writeFile(inventory, edit((await readFile(LAB_INVENTORY, "utf8")).replace(/^name: .*/m, `name: ${name}`)));
  const status = async () => {
    const { stdout, stderr } = await tripod("status", "--lab", "-i", inventory, "--json");
    if (!stdout.startsWith("{")) throw new Error(stderr);
    return JSON.parse(stdout) as Status;
  };
  return {
    folder,
    inventory,
    status,
    on: (host, script) => tripodMust("lab", "ssh", "-i", inventory, host, "--", script),
    async untilHealthy() {
      // Not vitest's: benches wait for it too.
      let last: Status | undefined;
      const holds = async () => (last = await status()).healthy || last.problems.join("; ");
      await until({ title: "the cluster is healthy", within: 180_000, holds }, { signal: NEVER });
      return last as Status;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

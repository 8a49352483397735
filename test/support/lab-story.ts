import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../../src/resources/until.ts";
import type { Status } from "../../src/status.ts";
import { tripod, tripodMust } from "./tripod.ts";

const NEVER = new AbortController().signal;
const LAB_INVENTORY = fileURLToPath(new URL("../../inventories/lab.yaml", import.meta.url));

/** A lab of its own for one file of stories: the rehearsal's five machines under another name. */
export interface LabStory extends AsyncDisposable {
  readonly folder: string;
  readonly inventory: string;
  /** A program on one of the hosts; anything but success fails the test. */
  on(host: string, script: string): Promise<string>;
  status(): Promise<Status>;
  untilHealthy(): Promise<Status>;
}

/** @param edit what is different from inventories/lab.yaml */
export async function labStory(name: string, edit: (inventory: string) => string = (text) => text): Promise<LabStory> {
  const folder = await mkdtemp(join(tmpdir(), `tripod-${name}-`));
  const inventory = join(folder, `${name}.yaml`);
  await writeFile(inventory, edit((await readFile(LAB_INVENTORY, "utf8")).replace(/^name: .*/m, `name: ${name}`)));
  // Whatever an earlier run left half standing.
  await tripodMust("lab", "down", "-i", inventory);
  await tripodMust("lab", "up", "-i", inventory, "--install");
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
    async [Symbol.asyncDispose]() {
      await tripod("lab", "down", "-i", inventory);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

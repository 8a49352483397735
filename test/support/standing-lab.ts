import { watchingVip } from "./founding.ts";
import { bringUp, type LabStory, STANDING, storyOf, takeDown } from "./lab-story.ts";
import { tripod, tripodMust } from "./tripod.ts";

const PROBES = ["vip", "apiLive", "apiRead", "apiWrite", "watch", "service", "nodePort"];
const all = (limit: string) => PROBES.map((probe) => `${probe}: ${limit}`).join(", ");

/**
 * Five machines, their probes and perhaps another test share two cores here: what is proven is that every scenario is played, measured and
 * put right, and that nothing is lost. Figures for those who have a quiet machine are bench/failover.ts's.
 */
const LIMITS = `drill:
  limits: { ${all("8s")}, twoHolders: 2s }
  scenarios:
    haproxy-holder: { vip: 3500ms, apiRead: 3500ms }
    cut-holder: { ${all("40s")} }
    cut-master: { ${all("40s")} } # what is known to be beyond any sensible limit: docs/adr/0005
    cut-vrrp: { ${all("15s")} }
`;

const edit = (inventory: string) =>
  `${inventory.replace("address: 10.66.0.21 }", "address: 10.66.0.21, labels: { disk: ssd } }")}\n${LIMITS}`;

/**
 * A cluster that stands: an earlier file's where it is still healthy and nothing is to be changed on it, else a new one. Whoever uses it
 * leaves it like that. `teardown` takes it down when all files are through.
 */
export async function standingLab(): Promise<LabStory> {
  const story = await storyOf(STANDING, edit);
  if (await isWhole(story)) return story;
  await bringUp(story);
  const moves = await watchingVip(story, () => tripodMust("apply", "--yes", "--lab", "-i", story.inventory));
  if (moves !== 0) throw new Error(`the VIP moved ${moves} times after the first master had taken it`);
  return story;
}

async function isWhole({ inventory }: LabStory): Promise<boolean> {
  if ((await tripod("status", "--lab", "-i", inventory)).code !== 0) return false;
  return (await tripod("plan", "--lab", "-i", inventory, "--detailed-exitcode")).code === 0;
}

/** What vitest calls when it is through with all files (vitest.config.ts). */
export const teardown = () => (process.getuid?.() === 0 ? takeDown(STANDING) : undefined);

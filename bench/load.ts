/**
 * False failovers: five minutes in which every processor of every machine is busy, and how often the VIP moved meanwhile. On a lab that is made
 * for it. Root, and `npm run build` before.
 *
 *   npx tsx bench/load.ts [SECONDS]
 */
import { labStory } from "../test/support/lab-story.ts";
import { tripodMust } from "../test/support/tripod.ts";

const SECONDS = Number(process.argv[2] ?? "300");
const MASTERS = ["m1", "m2", "m3"];
const HOSTS = [...MASTERS, "w1", "w2"];

await using lab = await labStory("bench-load");
await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
const { vipHolders: before } = await lab.untilHealthy();
const [busy, moves] = await Promise.all([
  Promise.all(
    HOSTS.map((host) =>
      lab.on(host, `for n in $(nproc); do timeout ${SECONDS} sh -c 'while :; do :; done' & done; wait; uptime`),
    ),
  ),
  // A line for each address that comes or goes; what ends it is the time.
  Promise.all(MASTERS.map((master) => lab.on(master, `timeout ${SECONDS} ip -4 monitor address dev eth0 || true`))),
]);
const { vipHolders: after } = await lab.untilHealthy();
console.log(`load at the end: ${busy[0]?.replace(/.*load average: /s, "").trim() ?? "?"}`);
console.log(
  `VIP on ${before.join(", ")} before, on ${after.join(", ")} after; addresses came or went on the masters: ${moves.join("").split("\n").filter(Boolean).length} times in ${SECONDS} s`,
);

/**
 * Whether a bring-up ends well every time: on bare machines that are restored before each, some with every core kept busy by something else.
 * All must end well, and nobody may take the VIP from the first master meanwhile. On a lab that is made for it. Root, and `npm run
 * build` before.
 *
 *   npx tsx bench/founding.ts [QUIET ROUNDS] [BUSY ROUNDS]
 */
import { found, keepBare } from "../test/support/founding.ts";
import { labStory } from "../test/support/lab-story.ts";

const [quiet, busy] = [Number(process.argv[2] ?? "15"), Number(process.argv[3] ?? "15")];

await using lab = await labStory("founding");
await keepBare(lab);
console.log("| round | cores | exit code | time | the VIP moved | kubeadm run again |");
console.log("| --- | --- | --- | --- | --- | --- |");
let good = 0;
for (let round = 1; round <= quiet + busy; round++) {
  // In turns, so that what changes with time changes both.
  const isBusy = busy > 0 && (quiet === 0 || (round % 2 === 0 && round / 2 <= busy) || round > 2 * quiet);
  const { code, ms, moves, again, stderr } = await found(lab, isBusy);
  if (code === 0 && moves === 0) good++;
  else if (stderr) console.error(stderr);
  console.log(
    `| ${round} | ${isBusy ? "busy" : "quiet"} | ${code} | ${(ms / 1000).toFixed(0)} s | ${moves} times | ${again} times |`,
  );
}
console.log(`\n${good} of ${quiet + busy} ended well, without a move of the VIP after the first master had taken it`);
process.exitCode = good === quiet + busy ? 0 : 1;

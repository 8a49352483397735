/**
 * What mistakes cost `tripod validate`: an inventory of many machines, and the same with a hundred mistakes. Contacts nothing. CPU time
 * counts, not time on the wall.
 *
 *   npx tsx bench/validate.ts [MACHINES]
 */
import { parseInventory } from "../src/inventory/load.ts";
import { InventoryErrors } from "../src/inventory/problem.ts";
import { inventoryOf } from "../test/support/counted.ts";
import { limit, measured } from "./measured.ts";

const MISTAKES = 100;
const ROUNDS = 10;
const machines = Number(process.argv[2] ?? "1000");
const right = inventoryOf(machines);
let left = MISTAKES;
const wrong = right.replace(/, address/g, (address) => (left-- > 0 ? ", adress" : address));

function validate(text: string): number {
  try {
    parseInventory(text, "cluster.yaml");
    return 0;
  } catch (error) {
    if (!(error instanceof InventoryErrors)) throw error;
    return error.explain().length;
  }
}

async function perRound(text: string): Promise<number> {
  // The first find code that has never run.
  for (let round = 0; round < 3; round++) validate(text);
  const { cpu } = await measured(() => {
    for (let round = 0; round < ROUNDS; round++) validate(text);
  });
  return cpu / ROUNDS;
}

if (validate(right) > 0 || validate(wrong) === 0) throw new Error("the files are not what they are meant to be");
const [without, with_] = [await perRound(right), await perRound(wrong)];
console.log(`${machines} machines: ${without.toFixed(0)} ms of CPU; with ${MISTAKES} mistakes: ${with_.toFixed(0)} ms`);
limit(`${MISTAKES} mistakes among ${machines} machines`, with_ / without, 3, "times");

// Reduces the record of a run or of a drill to what the README's pictures show of it:
//   npx tsx scripts/picture-record.ts RUN.jsonl > test/fixtures/pictures/bring-up.jsonl
//   npx tsx scripts/picture-record.ts RUN.jsonl power-holder > test/fixtures/pictures/power-cut.jsonl
import { readFileSync } from "node:fs";
import type { DrillEvent } from "../src/drills/events.ts";
import type { RunEvent } from "../src/engine/events.ts";

const RUN: readonly RunEvent["type"][] = ["run.start", "run.end", "phase.start", "phase.end", "step.start", "step.end"];
const WAITS: readonly string[] = ["condition.waiting", "condition.met"];

/** A bar is a step, and hatched where a condition is waited for outside of a change: commands, diffs and progress are not drawn. */
function reducedRun(events: readonly RunEvent[]): object[] {
  const changing = new Set<string>();
  return events.filter((event) => {
    const step = "host" in event ? `${event.phase} ${event.host}` : "";
    if (event.type === "resource.change") changing.add(step);
    if (event.type === "resource.applied") changing.delete(step);
    return RUN.includes(event.type) || (WAITS.includes(event.type) && !changing.has(step));
  });
}

/** One scenario, with who held the VIP and led etcd before it; `versions` and `vip` are the lab's and are not drawn. */
function reducedDrill(events: readonly DrillEvent[], name: string): object[] {
  const begin = events.findIndex((event) => event.type === "scenario.start" && event.name === name);
  const end = events.findIndex((event, index) => index > begin && event.type === "scenario.end");
  const before = (type: DrillEvent["type"]) => events.slice(0, begin).filter((event) => event.type === type);
  return [
    ...before("drill.start").map((event) => ({ ...event, scenarios: [name], versions: {}, vip: "10.66.0.10" })),
    ...before("vip"),
    ...before("etcd"),
    ...events.slice(begin, end + 1),
  ];
}

const [path = "", scenario] = process.argv.slice(2);
const events = readFileSync(path, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as RunEvent | DrillEvent);
const reduced =
  scenario === undefined ? reducedRun(events as RunEvent[]) : reducedDrill(events as DrillEvent[], scenario);
console.log(reduced.map((event) => JSON.stringify(event)).join("\n"));

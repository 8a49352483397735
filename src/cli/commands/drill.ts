import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Scenario } from "../../drills/scenario.ts";
import { TripodError } from "../../errors.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { askFor } from "../confirm.ts";
import { EXTENSIONS, formatOf } from "../drill-report.ts";
import { drillOnScreen } from "../drilling.ts";
import type { Io } from "../io.ts";
import { mustBeWritable } from "../output-file.ts";
import { chooseScenarios, mustHavePower, namesOf, withoutPower } from "../scenario-choice.ts";
import { inventoryMeant, onTarget, type TargetOptions, withLabOption } from "../target.ts";
import { onHosts } from "../walk.ts";

interface DrillOptions extends TargetOptions {
  readonly list?: boolean;
  readonly all?: boolean;
  readonly rounds: number;
  readonly confirm?: string;
  readonly allowQuorumLoss?: boolean;
  readonly breakLock?: string;
  readonly json?: boolean;
  readonly output?: string;
}

type Asked = Omit<DrillOptions, "inventory"> & { readonly inventory?: string };

export function drillCommand(io: Io): Command {
  return withLabOption(
    new Command("drill").option("-i, --inventory <file>", "the inventory (required, except with --list)"),
  )
    .description(
      "break one thing at a time, measure the outage that clients see, restore it, and report which limits were exceeded",
    )
    .argument(
      "[scenarios...]",
      "names from `tripod drill --list`; default: those that together take five minutes at most; power cuts need the inventory's `power`, or --lab",
    )
    .option("--list", "list the scenarios")
    .option("--all", "every scenario except the loss of etcd's quorum")
    .option("--rounds <n>", "run each scenario this many times", rounds, 1)
    .option("--allow-quorum-loss", "also run the scenario in which etcd loses its quorum, and reads and writes stop")
    .option("--confirm <cluster>", "the cluster's name, instead of being asked for it; not needed with --lab")
    .option("--break-lock <owner>", "take over the cluster's lock from this owner, as named by E_LOCKED")
    .option("-o, --output <file>", `write the report to this file, in the format of its extension: ${EXTENSIONS}`)
    .option("--json", "print one JSON event per line; with --list one JSON array of the scenarios")
    .action(async (names: string[], { inventory, ...options }: Asked) => {
      if (options.list) return list(options, io);
      if (inventory === undefined)
        throw new TripodError("E_USAGE", "required option '-i, --inventory <file>' not specified", {
          hint: inventoryMeant(names, false) ?? "see tripod drill --help",
        });
      await run(names, { ...options, inventory }, io);
    });
}

async function list({ json }: Asked, io: Io): Promise<void> {
  const { SCENARIOS } = await import("../../drills/index.ts");
  const scenarios = SCENARIOS.map(({ name, title, usual, stops, needsPower }) => {
    const option = stops ? "--allow-quorum-loss" : usual ? undefined : "--all";
    return { name, title, ...(option && { option }), ...(needsPower && { needs: "power" }) };
  });
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const line = ({ name, title, option, needs }: (typeof scenarios)[number]) => {
    const notes = [option, needs && `needs \`${needs}\``].filter((note) => note !== undefined).join("; ");
    return `${name.padEnd(width)}  ${title}${notes ? `  (${notes})` : ""}\n`;
  };
  io.stdout.write(json ? `${JSON.stringify(scenarios)}\n` : scenarios.map(line).join(""));
}

async function run(names: readonly string[], options: DrillOptions, io: Io): Promise<void> {
  const { SCENARIOS } = await import("../../drills/index.ts");
  const chosen = chooseScenarios(SCENARIOS, names, options);
  if (options.output !== undefined) formatOf(options.output);
  if (options.output !== undefined) await mustBeWritable(resolve(io.cwd, options.output));
  await onTarget(options, io, async (cluster) => {
    if (names.length > 0) mustHavePower(cluster, chosen);
    if (!options.lab) await mustBeMeant(cluster, chosen, options, io);
    await onHosts(cluster, io, (hosts) => drillOnScreen(cluster, hosts, chosen, options, io));
  });
}

function rounds(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Must be a whole number from 1 to 999.");
}

/** @throws TripodError E_USAGE where nobody could answer, E_INTERRUPTED where the answer was another */
async function mustBeMeant(
  cluster: Cluster,
  chosen: readonly Scenario[],
  { confirm, json }: DrillOptions,
  io: Io,
): Promise<void> {
  const { name } = cluster;
  if (confirm === name) return;
  if (confirm !== undefined)
    throw new TripodError("E_USAGE", `--confirm ${confirm}, but the cluster's name is ${name}`, {
      hint: "nothing was changed; check that this is the right inventory",
    });
  if (!io.stdin.isTTY || json)
    throw new TripodError("E_USAGE", "a drill breaks things on real machines, and there is no terminal to confirm it", {
      hint: `add --confirm ${name}`,
    });
  io.stderr.write(`This will be done to the cluster ${name}, one after the other, and undone each time:\n`);
  const skipped = withoutPower(cluster, chosen);
  for (const scenario of chosen) if (!skipped.includes(scenario)) io.stderr.write(`  ${scenario.title}\n`);
  if (skipped.length > 0) io.stderr.write(`Skipped, because the inventory has no \`power\`: ${namesOf(skipped)}\n`);
  const answer = await askFor(`Type the cluster's name to continue:`, io);
  if (answer?.trim() !== name) throw new TripodError("E_INTERRUPTED", "not confirmed; nothing was changed");
}

import { readFileSync } from "node:fs";
import { Command, CommanderError, type Option } from "commander";
import { ERRORS, TripodError } from "../errors.ts";
import { suggest } from "../inventory/suggest.ts";
import { applyCommand } from "./commands/apply.ts";
import { bundleCommand } from "./commands/bundle.ts";
import { drillCommand } from "./commands/drill.ts";
import { exitCodesCommand } from "./commands/exit-codes.ts";
import { kubeconfigCommand } from "./commands/kubeconfig.ts";
import { labCommand } from "./commands/lab.ts";
import { planCommand } from "./commands/plan.ts";
import { preflightCommand } from "./commands/preflight.ts";
import { rehearseCommand } from "./commands/rehearse.ts";
import { reportCommand } from "./commands/report.ts";
import { schemaCommand } from "./commands/schema.ts";
import { statusCommand } from "./commands/status.ts";
import { vagrantCommand } from "./commands/vagrant.ts";
import { validateCommand } from "./commands/validate.ts";
import { isAbort } from "../remote/interruptible.ts";
import { ExitWith } from "./exit.ts";
import { failureOptions, printFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { insteadOf } from "./other-tools.ts";
import { inventoryMeant, namedFile, onlyInventory } from "./target.ts";

const EXAMPLES = `
Examples:
  tripod validate -i inventories/prod.yaml   list every mistake in the inventory; connects to no host
  tripod plan -i inventories/prod.yaml       show what would change on which host; changes nothing
  tripod apply -i inventories/prod.yaml      bring up the cluster, or bring it back in line with the inventory
  tripod drill -i inventories/prod.yaml      break one thing at a time, measure every outage, restore it
  tripod lab up -i inventories/lab.yaml      create local throw-away machines to try it on`;

/** Every command, in the order of --help. Each imports what it needs only when it runs. */
function commands(io: Io): Command[] {
  return [
    validateCommand(io),
    preflightCommand(io),
    planCommand(io),
    applyCommand(io),
    statusCommand(io),
    drillCommand(io),
    kubeconfigCommand(io),
    bundleCommand(io),
    rehearseCommand(io),
    labCommand(io),
    vagrantCommand(io),
    reportCommand(io),
    schemaCommand(io),
    exitCodesCommand(io),
  ];
}

/**
 * Runs one command line.
 * @param args without node and the script
 * @returns the exit code; 130 if the run was interrupted
 */
export async function runCommandLine(args: readonly string[], io: Io, verbs = commands(io)): Promise<number> {
  const options = failureOptions(args, io.env);
  try {
    await createProgram(io, verbs, args).parseAsync(args, { from: "user" });
    io.signal.throwIfAborted();
    return 0;
  } catch (error) {
    const exitCode =
      exitCodeOf(error) ?? printFailure(isAbort(error, io.signal) ? io.signal.reason : error, io, options);
    return io.signal.aborted ? ERRORS.E_INTERRUPTED.exit : exitCode;
  }
}

function createProgram(io: Io, verbs: readonly Command[], args: readonly string[]): Command {
  const program = new Command("tripod")
    .description(
      "Brings up highly available Kubernetes clusters over SSH, rehearses changes on throw-away machines, and tests that clusters survive failures.",
    )
    .version(version(), "--version", "print the version")
    .option("--no-color", "print without colours, as NO_COLOR=1 does")
    .option("--debug", "print the stack of an unexpected error, as TRIPOD_DEBUG=1 does")
    .on("option:no-color", () => (io.env.NO_COLOR = "1"))
    .addHelpText("after", `${EXAMPLES}\n\nExit codes: tripod help exit-codes`);
  for (const verb of verbs) program.addCommand(verb);
  for (const command of [program, ...verbs]) if (command.commands.length > 0) addHelp(command);
  makeStrict(program, io, args);
  return program;
}

/** `tripod help lab up`. Commander's own prints the help of everything where there is no such command. */
function addHelp(around: Command): void {
  around
    .helpCommand(false)
    .command("help")
    .description("show the help of a command")
    .argument("[command...]")
    .action((words: readonly string[]) => {
      let command = around;
      for (const word of words) {
        const found = command.commands.find((sub) => sub.name() === word);
        if (!found)
          throw new TripodError("E_USAGE", `unknown command '${word}'`, {
            hint: hintFor(word, namesIn(command), command),
          });
        command = found;
      }
      command.outputHelp();
    });
}

function namesIn({ commands }: Command): string[] {
  return commands.map((sub) => sub.name());
}

/** Sends commander's output through Io, and turns its errors into TripodErrors. */
function makeStrict(command: Command, io: Io, args: readonly string[]): void {
  command
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .configureHelp({ showGlobalOptions: true })
    // Commander's suggestions are too broad: it suggests `report` for `reset`.
    .showSuggestionAfterError(false)
    .exitOverride((error) => {
      throw isUsageError(error) ? (unknownOption(error, command, args) ?? usageError(error, command)) : error;
    });
  const inventory = takesInventory(command);
  inventory?.argParser(onlyInventory);
  if (inventory?.mandatory) inventory.description += " (required)";
  command.options.find(({ long }) => long === "--output")?.argParser(namedFile);
  for (const sub of command.commands) makeStrict(sub, io, args);
}

function takesInventory({ options }: Command): Option | undefined {
  return options.find(({ long }) => long === "--inventory");
}

/** Commander reports a missing option before an unknown one; usually the unknown one is the missing one, misspelt. */
function unknownOption({ code }: CommanderError, command: Command, args: readonly string[]): TripodError | undefined {
  if (code !== "commander.missingMandatoryOptionValue") return undefined;
  const known = optionsOf(command);
  const end = args.indexOf("--");
  const flags = args.slice(0, end < 0 ? args.length : end).map((arg) => arg.replace(/=.*/s, ""));
  const unknown = flags.find((flag) => /^--\w/.test(flag) && !known.includes(flag));
  if (unknown === undefined) return undefined;
  return new TripodError("E_USAGE", `unknown option '${unknown}'`, { hint: hintFor(unknown, known, command) });
}

/** The long names of a command's options, `--inventory`. */
function optionsOf(command: Command): string[] {
  const own = [command, ...ancestorsOf(command)].flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  return [...own, "--help"];
}

function hintFor(typed: string, known: readonly string[], command: Command): string {
  const instead = insteadOf(typed, pathOf(command));
  if (instead !== undefined) return instead;
  const [, dashes = "", word = ""] = /^(-*)([^=]*)/.exec(typed) ?? [];
  const meant = suggest(
    word,
    known.flatMap((one) => (one.startsWith(dashes) ? one.slice(dashes.length) : [])),
  );
  return meant === undefined ? `see ${pathOf(command)} --help` : `did you mean ${dashes}${meant}?`;
}

function ancestorsOf({ parent }: Command): Command[] {
  return parent ? [parent, ...ancestorsOf(parent)] : [];
}

/** Commander also throws after it has printed help or version, and after the help for a missing subcommand. */
function isUsageError({ exitCode, code }: CommanderError): boolean {
  return exitCode !== 0 && code !== "commander.help";
}

function usageError({ message, code }: CommanderError, command: Command): TripodError {
  const what = message.replace(/^error: /, "");
  const typed = /'(.*)'/s.exec(what)?.[1] ?? "";
  const known =
    code === "commander.unknownCommand"
      ? namesIn(command)
      : code === "commander.unknownOption"
        ? optionsOf(command)
        : [];
  const hint = positional(code, command) ?? hintFor(typed, known, command);
  return new TripodError("E_USAGE", what, { hint });
}

/** `tripod validate FILE`: the hint names the option that was left out. */
function positional(code: string, command: Command): string | undefined {
  const wrong = ["commander.missingMandatoryOptionValue", "commander.excessArguments"].includes(code);
  if (!wrong || !takesInventory(command) || command.opts().inventory !== undefined) return undefined;
  return inventoryMeant(command.args, command.registeredArguments.length === 0);
}

/** The exit code of an error that needs no message, because commander or the command has printed it; else undefined. */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof ExitWith) return error.exitCode;
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : ERRORS.E_USAGE.exit;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

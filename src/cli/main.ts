#!/usr/bin/env node
import { ERRORS } from "../errors.ts";
import { failureOptions, printFailure } from "./failure.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { processIo, standardOutput, tolerateClosing, watchOutput } from "./io.ts";
import { runCommandLine } from "./program.ts";

const args = process.argv.slice(2);
const stdout = standardOutput();
let over = false;
const io = processIo(
  listenForInterrupts(process, process.stderr, () => end(ERRORS.E_INTERRUPTED.exit)),
  stdout,
);

function end(exitCode: number): never {
  over = true;
  process.exit(exitCode);
}

function printError(error: unknown): number {
  return printFailure(error, io, failureOptions(args, io.env));
}

process.on("uncaughtException", (error) => end(printError(error)));
// If nothing is left to wait for, Node exits by itself with 13, which is E_SUDO's exit code.
process.once("exit", () => {
  if (!over) process.exitCode = printError(new Error("the process ended before its work was done"));
});
tolerateClosing(process.stderr);
const afterOutput = watchOutput(stdout, printError);

const exitCode = await runCommandLine(args, io);
over = true;
// The remaining output is written before the process exits.
stdout.write("", () => setImmediate(() => process.exit(afterOutput(exitCode))));

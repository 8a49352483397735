#!/usr/bin/env node
import { ERRORS } from "../errors.ts";
import { failureOptions, tellFailure } from "./failure.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { processIo, standardOutput, watchOutput } from "./io.ts";
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

function tell(error: unknown): number {
  return tellFailure(error, io, failureOptions(args, io.env));
}

process.on("uncaughtException", (error) => end(tell(error)));
// Where nothing is left that could go on, Node ends of itself, and with E_SUDO's exit code.
process.once("exit", () => {
  if (!over) process.exitCode = tell(new Error("it ended before its work was done"));
});
const afterOutput = watchOutput(stdout, tell);

const exitCode = await runCommandLine(args, io);
over = true;
// What is still on its way into a pipe is written before we go.
stdout.write("", () => setImmediate(() => process.exit(afterOutput(exitCode))));

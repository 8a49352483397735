#!/usr/bin/env node
import { ERRORS } from "../errors.ts";
import { failureOptions, tellFailure } from "./failure.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { processIo, standardOutput, watchOutput } from "./io.ts";
import { runCommandLine } from "./program.ts";

const args = process.argv.slice(2);
const stdout = standardOutput();
const io = processIo(
  listenForInterrupts(process, process.stderr, () => process.exit(ERRORS.E_INTERRUPTED.exit)),
  stdout,
);

function fail(error: unknown): never {
  process.exit(tellFailure(error, io, failureOptions(args, io.env)));
}

process.on("uncaughtException", fail);
const afterOutput = watchOutput(stdout, (error) => void tellFailure(error, io, failureOptions(args, io.env)));

const exitCode = await runCommandLine(args, io);
// What is still on its way into a pipe is written before we go.
stdout.write("", () => setImmediate(() => process.exit(afterOutput(exitCode))));

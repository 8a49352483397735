#!/usr/bin/env node
import { ERRORS } from "../errors.ts";
import { failureOptions, tellFailure } from "./failure.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { outliveReader, processIo } from "./io.ts";
import { runCommandLine } from "./program.ts";

const args = process.argv.slice(2);
const io = processIo(listenForInterrupts(process, process.stderr, () => process.exit(ERRORS.E_INTERRUPTED.exit)));

function fail(error: unknown): never {
  process.exit(tellFailure(error, io, failureOptions(args, io.env)));
}

process.on("uncaughtException", fail);
outliveReader(process.stdout, fail);

const exitCode = await runCommandLine(args, io);
// What is still on its way into a pipe is written before we go.
process.stdout.write("", () => process.exit(exitCode));

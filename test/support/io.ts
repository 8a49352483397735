import { Readable } from "node:stream";
import type { Io } from "../../src/cli/io.ts";
import { Recorder } from "./surface.ts";

/** A process for tests that remembers what was printed. */
export function recordingIo(given: Partial<Pick<Io, "env" | "cwd" | "signal" | "handOver">> = {}) {
  return {
    stdout: new Recorder(),
    stderr: new Recorder(),
    stdin: Readable.from([]),
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    handOver: () => () => undefined,
    ...given,
  } satisfies Io;
}

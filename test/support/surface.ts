import { once } from "node:events";
import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { Surface } from "../../src/ui/screen.ts";

/** A stream that remembers every write. */
export class Recorder extends Writable {
  readonly writes: string[] = [];
  isTTY?: boolean;
  rows?: number;
  columns?: number;

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString());
    this.emit("written");
    done();
  }

  /** Resolves with the first write, without its control sequences, that the pattern matches. */
  async written(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.writes.map((write) => stripVTControlCharacters(write)).find((write) => pattern.test(write));
      if (found !== undefined) return found;
      await once(this, "written");
    }
  }

  get text(): string {
    return this.writes.join("");
  }
}

/** A process's streams for tests: a log file, unless `terminal` says otherwise. */
export function recordingSurface(
  options: { env?: Surface["env"]; terminal?: { rows: number; columns?: number }; signal?: AbortSignal } = {},
) {
  const stdout = new Recorder();
  const stderr = new Recorder();
  if (options.terminal) Object.assign(stdout, { isTTY: true, columns: 80, ...options.terminal });
  return { stdout, stderr, env: options.env ?? {}, signal: options.signal ?? new AbortController().signal };
}

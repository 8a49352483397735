import type { Io } from "./io.ts";

/** Asks on stderr, because the standard output may be a file. Any answer but yes means no; so do an empty line, Ctrl-D and Ctrl-C. */
export async function confirm(question: string, io: Io): Promise<boolean> {
  return /^\s*y(es)?\s*$/i.test((await askFor(`${question} [y/N]`, io)) ?? "");
}

/** @returns the line that was typed; undefined after Ctrl-D or Ctrl-C */
export async function askFor(question: string, { stdin, stderr, handOver }: Io): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  // Not as a terminal, so that Ctrl-C stays a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  const takeBack = handOver(() => lines.close());
  stderr.write(`${question} `);
  try {
    for await (const line of lines) return line;
    stderr.write("\n");
    return undefined;
  } finally {
    takeBack();
    lines.close();
  }
}

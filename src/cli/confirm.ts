import type { Io } from "./io.ts";

/** Asks on stderr, so that the standard output may go to a file. Anything but yes is no: an empty line, Ctrl-D and Ctrl-C too. */
export async function confirm(question: string, io: Io): Promise<boolean> {
  return /^\s*y(es)?\s*$/i.test((await askFor(`${question} [y/N]`, io)) ?? "");
}

/** The line that was typed; undefined for Ctrl-D and Ctrl-C. */
export async function askFor(question: string, { stdin, stderr, handOver }: Io): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  // Not as a terminal: Ctrl-C is to remain a signal.
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

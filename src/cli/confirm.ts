import type { Io } from "./io.ts";

/** Asks on stderr, so that the standard output may go to a file. Anything but yes is no: an empty line, Ctrl-D and Ctrl-C too. */
export async function confirm(question: string, { stdin, stderr, handOver }: Io): Promise<boolean> {
  const { createInterface } = await import("node:readline");
  // Not as a terminal: Ctrl-C is to remain a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  const takeBack = handOver(() => lines.close());
  stderr.write(`${question} [y/N] `);
  try {
    for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
    stderr.write("\n");
    return false;
  } finally {
    takeBack();
    lines.close();
  }
}

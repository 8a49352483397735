import { constants, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { buffer } from "node:stream/consumers";

/**
 * Reads a file or a pipe. The event loop waits for a pipe: `readFile` would block a thread in open(2) or read(2) until somebody
 * writes, and Node waits for its threads before it exits, so that Ctrl-C could not end the process.
 * @throws Error of the file system
 */
export async function readBytes(file: string): Promise<Buffer> {
  if (!(await stat(file)).isFIFO()) return readFile(file);
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  return buffer(new Socket({ fd, readable: true, writable: false }));
}

import type { Readable, Writable } from "node:stream";
import { TripodError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { RunOptions, Traffic } from "./connection.ts";
import { type CommandInfo, OUTPUT, tooMuch } from "./limits.ts";
import { afterMark, type Wrapped } from "./shell.ts";

/** The three streams of a running command, on a host or on this machine. */
export interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export type MutableTraffic = { -readonly [K in keyof Traffic]: Traffic[K] };

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** If the script was never started: what the login shell or sudo printed on both outputs. */
  readonly instead?: string;
}

/** The bytes that are sent to a host's stdin: the only place in this layer that reveals a Secret. */
export function bytesOf(content: string | Buffer | Secret): Buffer {
  const value = content instanceof Secret ? content.reveal() : content;
  return typeof value === "string" ? Buffer.from(value) : value;
}

/**
 * Sends a wrapped script and its input to a running command and collects its output. Both outputs are always drained: an unread one
 * would keep the command from ending. `giveUp` is called if the input stream fails, and if the output exceeds its limit; later output
 * is discarded.
 * @returns a function to call when the command has ended
 */
export function exchange(
  pipes: Pipes,
  wrapped: Wrapped,
  { input, listen, maxOutput = OUTPUT }: Pick<RunOptions, "input" | "listen" | "maxOutput">,
  traffic: MutableTraffic,
  info: CommandInfo,
  giveUp: (error: Error) => void,
): () => CommandOutput {
  let room = maxOutput;
  const take = (bytes: number) => {
    traffic.bytesReceived += bytes;
    if (room >= 0 && bytes > room) giveUp(tooMuch(info, maxOutput));
    room -= bytes;
    return room >= 0;
  };
  const out = gather(pipes.stdout, take);
  if (listen) pipes.stdout.on("data", () => listen(afterMark(out(), wrapped.mark) ?? ""));
  const err = gather(pipes.stderr, take);
  // A command may end without reading its input: that is not an error.
  pipes.stdin.on("error", () => undefined);
  const stream = feed(pipes.stdin, wrapped.prelude, input, traffic, giveUp);
  return () => {
    stream?.destroy();
    const stdout = afterMark(out(), wrapped.mark);
    const stderr = afterMark(err(), wrapped.mark);
    if (stdout === undefined || stderr === undefined) return { stdout: "", stderr: "", instead: `${err()}${out()}` };
    return { stdout, stderr };
  };
}

function feed(
  stdin: Writable,
  prelude: Buffer,
  input: RunOptions["input"],
  traffic: MutableTraffic,
  giveUp: (error: Error) => void,
): Readable | undefined {
  if (input === undefined || typeof input === "string" || Buffer.isBuffer(input) || input instanceof Secret) {
    const everything = Buffer.concat([prelude, bytesOf(input ?? "")]);
    traffic.bytesSent += everything.length;
    stdin.end(everything);
    return undefined;
  }
  traffic.bytesSent += prelude.length;
  stdin.write(prelude);
  input.on("data", (chunk: Buffer | string) => (traffic.bytesSent += Buffer.byteLength(chunk)));
  input.on("error", (cause) => {
    giveUp(
      new TripodError("E_LOCAL", "cannot read the file to be sent", {
        why: cause.message,
        hint: "check that it exists and that you may read it",
        cause,
      }),
    );
  });
  input.pipe(stdin);
  return input;
}

/** Collects a stream while `take` accepts it, in one buffer: a host may send its output byte by byte. */
function gather(stream: Readable, take: (bytes: number) => boolean): () => string {
  let all = Buffer.alloc(0);
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    if (!take(chunk.length)) {
      all = Buffer.alloc(0);
      length = 0;
      return;
    }
    if (length + chunk.length > all.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * all.length, length + chunk.length));
      all.copy(larger, 0, 0, length);
      all = larger;
    }
    chunk.copy(all, length);
    length += chunk.length;
  });
  return () => all.toString("utf8", 0, length);
}

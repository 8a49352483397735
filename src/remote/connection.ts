import type { Duplex, Readable } from "node:stream";
import type { Secret } from "../secret.ts";

export interface Result {
  /** Exit code; a command ended by a signal has 128 + n. A lost connection is never a Result: it throws E_CONNECTION_LOST. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Goes to the command's stdin, a stream with its backpressure. Secrets travel here and nowhere else. */
  readonly input?: string | Buffer | Secret | Readable;
  /** Told all of stdout so far, whenever more of it has come: for a command that speaks before it ends, and may stay for long. */
  readonly listen?: (stdout: string) => void;
  /** What it may say, bytes of both outputs together; default 16 MiB. Beyond it the command is given up. */
  readonly maxOutput?: number;
  /** How long it may take once its connection stands, ms; then it is given up. Default: as long as it likes. */
  readonly within?: number;
  /** Closes the channel; the command's outcome is then unknown. */
  readonly signal?: AbortSignal;
  /** As the login user; default: as root (through `sudo -n` where the login user is not root). */
  readonly asLoginUser?: boolean;
}

/** What travelled, for the report and for tests that count round trips. */
export interface Traffic {
  /** Commands sent and answered: what a round trip is. */
  readonly commands: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** One SSH connection to one machine (or the in-memory machine of the tests). Channels share it. */
export interface Connection extends AsyncDisposable {
  /** The machine's name. */
  readonly name: string;
  /**
   * Runs a POSIX shell script, as root unless told otherwise. Never rejects for a non-zero exit.
   * @throws E_COMMAND where it says more, or takes longer, than it may; E_AUTH, E_SUDO, E_UNREACHABLE, E_CONNECTION_LOST
   */
  run(script: string, options?: RunOptions): Promise<Result>;
  /** Opens a TCP stream from the machine to somewhere else. */
  dial(host: string, port: number): Promise<Duplex>;
  readonly traffic: Traffic;
}

/** Told of every command of every connection: the raw material of the critical path and of the debug log. */
export interface CommandObserver {
  (command: { host: string; script: string; startedAt: number; endedAt: number; code: number | undefined }): void;
}

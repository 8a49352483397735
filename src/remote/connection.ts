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
  /** Called with all of stdout so far, whenever more arrives: for a long-running command that prints before it ends. */
  readonly listen?: (stdout: string) => void;
  /** Limit of its output, bytes of stdout and stderr together; default 16 MiB. A command that exceeds it is abandoned. */
  readonly maxOutput?: number;
  /** Time limit from when its connection is open, ms; then the command is abandoned. Default: none. */
  readonly within?: number;
  /** Closes the channel; the command's outcome is then unknown. */
  readonly signal?: AbortSignal;
  /** As the login user; default: as root (through `sudo -n` where the login user is not root). */
  readonly asLoginUser?: boolean;
}

/** Counters, for the report and for tests that count round trips. */
export interface Traffic {
  /** Commands sent and answered: one round trip each. */
  readonly commands: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** One SSH connection to one machine (or the simulated machine of the tests), shared by all its channels. */
export interface Connection extends AsyncDisposable {
  /** The machine's name. */
  readonly name: string;
  /**
   * Runs a POSIX shell script, as root by default. Does not reject for a non-zero exit code.
   * @throws E_COMMAND if its output or its duration exceeds the limit; E_AUTH, E_SUDO, E_UNREACHABLE, E_CONNECTION_LOST
   */
  run(script: string, options?: RunOptions): Promise<Result>;
  /** Opens a TCP stream from the machine to another address. */
  dial(host: string, port: number): Promise<Duplex>;
  readonly traffic: Traffic;
}

/** Called for every command of every connection: the data for the critical path and the debug log. */
export interface CommandObserver {
  (command: { host: string; script: string; startedAt: number; endedAt: number; code: number | undefined }): void;
}

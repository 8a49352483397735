import { constants } from "node:os";
import type { ClientChannel } from "ssh2";
import type { RunOptions } from "./connection.ts";
import { exchange, type MutableTraffic, type CommandOutput } from "./exchange.ts";
import type { Link } from "./handshake.ts";
import { type CommandInfo, tooLong } from "./limits.ts";
import type { Wrapped } from "./shell.ts";

export type SessionEnd =
  | { readonly kind: "ended"; readonly code: number; readonly said: CommandOutput }
  /** sshd currently opens no further session on this connection (MaxSessions). */
  | { readonly kind: "refused"; readonly why: string }
  /** The connection broke. The script is sent after the session is open: without a session it cannot have run. */
  | { readonly kind: "lost"; readonly sent: boolean };

/**
 * Runs a wrapped script in its own session. An abort closes the session but does not kill the command: a half-finished package
 * installation does less harm when it completes. A command with too much output ends because its output is closed. ssh2 sends no signal
 * to a command whose input has ended.
 * @throws the signal's reason; an input stream's error; E_COMMAND if its output or its duration exceeds the limit
 */
export function exec(
  link: Link,
  wrapped: Wrapped,
  options: RunOptions,
  traffic: MutableTraffic,
  info: CommandInfo,
): Promise<SessionEnd> {
  const { signal, within } = options;
  return new Promise((resolve, reject) => {
    let session: ClientChannel | undefined;
    let late: NodeJS.Timeout | undefined;
    let givenUp = false;
    const over = () => {
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
    };
    const settle = (outcome: SessionEnd) => {
      over();
      resolve(outcome);
    };
    const giveUp = (error: Error) => {
      givenUp = true;
      over();
      session?.close();
      reject(error);
    };
    const abort = () => {
      giveUp(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort);
    if (within !== undefined) late = setTimeout(() => giveUp(tooLong(info, within)), within);

    const start = (channel: ClientChannel) => {
      session = channel;
      if (givenUp) channel.close();
      let code: number | undefined;
      channel.on("error", () => undefined);
      channel.on("exit", (status: number | null, name: string) => (code = status ?? signalCode(name)));
      const said = exchange(
        { stdin: channel, stdout: channel, stderr: channel.stderr },
        wrapped,
        options,
        traffic,
        info,
        giveUp,
      );
      channel.on("close", () => {
        const all = said();
        // An exit code may arrive before the last output: it counts only if the session was closed properly.
        settle(code === undefined || link.ended() ? { kind: "lost", sent: true } : { kind: "ended", code, said: all });
      });
    };
    try {
      link.client.exec(wrapped.command, (error, channel) => {
        if (!error) start(channel);
        else settle(link.ended() ? { kind: "lost", sent: false } : { kind: "refused", why: error.message });
      });
    } catch {
      settle({ kind: "lost", sent: false });
    }
  });
}

/** 128 + n, as in a shell; 255 for a signal without a number on this machine. */
function signalCode(name: string): number {
  const number = (constants.signals as Readonly<Record<string, number | undefined>>)[name];
  return number === undefined ? 255 : 128 + number;
}

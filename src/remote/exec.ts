import { constants } from "node:os";
import type { ClientChannel } from "ssh2";
import type { RunOptions } from "./connection.ts";
import { exchange, type MutableTraffic, type Said } from "./exchange.ts";
import type { Link } from "./handshake.ts";
import { type About, tooLong } from "./limits.ts";
import type { Wrapped } from "./shell.ts";

export type Outcome =
  | { readonly kind: "ended"; readonly code: number; readonly said: Said }
  /** sshd opens no further session on this connection for now (MaxSessions). */
  | { readonly kind: "refused"; readonly why: string }
  /** The connection broke. The script travels after the session is open: without one it cannot have run. */
  | { readonly kind: "lost"; readonly sent: boolean };

/**
 * Runs a wrapped script in a session of its own. An abort closes the session and leaves the command to itself: something half
 * way through, like a package manager, does less harm when it comes to its end. One that says too much dies of that: nobody reads any
 * more what it writes. ssh2 sends no signal to a command whose input has ended.
 * @throws the signal's reason; an input stream's error; E_COMMAND where it says more, or takes longer, than it may
 */
export function exec(
  link: Link,
  wrapped: Wrapped,
  options: RunOptions,
  traffic: MutableTraffic,
  about: About,
): Promise<Outcome> {
  const { signal, within } = options;
  return new Promise((resolve, reject) => {
    let session: ClientChannel | undefined;
    let late: NodeJS.Timeout | undefined;
    let givenUp = false;
    const over = () => {
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
    };
    const settle = (outcome: Outcome) => {
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
    if (within !== undefined) late = setTimeout(() => giveUp(tooLong(about, within)), within);

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
        about,
        giveUp,
      );
      channel.on("close", () => {
        const all = said();
        // An exit code may arrive ahead of the last output: it counts only where the session was closed in order.
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

/** 128 + n, as a shell has it. A signal this machine has no number for counts as 255. */
function signalCode(name: string): number {
  const number = (constants.signals as Readonly<Record<string, number | undefined>>)[name];
  return number === undefined ? 255 : 128 + number;
}

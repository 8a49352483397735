import { spawn } from "node:child_process";
import { connect as connectTcp } from "node:net";
import { constants, userInfo } from "node:os";
import { TripodError } from "../errors.ts";
import type { CommandObserver, Connection, Result, RunOptions } from "./connection.ts";
import { exchange } from "./exchange.ts";
import { tooLong } from "./limits.ts";
import { observed } from "./observe.ts";
import { notStarted } from "./refused.ts";
import { wrap } from "./shell.ts";

export interface LocalOptions {
  /** Default `localhost`. */
  readonly name?: string;
  /** The shell that runs the scripts, with its arguments: `busybox sh`. Default `sh`. */
  readonly shell?: string;
  readonly observer?: CommandObserver;
}

/** This very machine as a Connection: commands are child processes, spoken to exactly as over SSH. */
export function localConnection(options: LocalOptions = {}): Connection {
  const name = options.name ?? "localhost";
  const traffic = { commands: 0, bytesSent: 0, bytesReceived: 0 };
  const user = userInfo().username;

  const run = (script: string, runOptions: RunOptions = {}) =>
    new Promise<Result>((resolve, reject) => {
      const { signal, asLoginUser, within } = runOptions;
      const about = { host: name, script };
      signal?.throwIfAborted();
      const sudo = user !== "root" && !asLoginUser;
      const wrapped = wrap(script, { sudo, shell: options.shell });
      const child = spawn("/bin/sh", ["-c", wrapped.command]);
      const giveUp = (error: Error) => {
        clearTimeout(late);
        reject(error);
        child.kill();
        // What it has started itself has nobody to write to any more.
        child.stdout.destroy();
        child.stderr.destroy();
      };
      const abort = () => {
        giveUp(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      const late = within === undefined ? undefined : setTimeout(() => giveUp(tooLong(about, within)), within);
      const said = exchange(child, wrapped, runOptions, traffic, about, giveUp);
      child.on("error", reject);
      child.on("close", (code, ended) => {
        clearTimeout(late);
        signal?.removeEventListener("abort", abort);
        traffic.commands++;
        const { stdout, stderr, instead } = said();
        const exit = code ?? 128 + (ended ? constants.signals[ended] : 0);
        if (instead === undefined) resolve({ code: exit, stdout, stderr });
        else reject(notStarted({ host: name, user, sudo, code: exit, said: instead }));
      });
    });

  return {
    name,
    traffic,
    run: (script, runOptions) => observed(options.observer, name, script, () => run(script, runOptions)),
    dial: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connectTcp({ host, port, noDelay: true }, () => resolve(socket));
        socket.once("error", (cause) => {
          const what = `cannot reach ${host}:${port} from here: ${cause.message}`;
          reject(new TripodError("E_UNREACHABLE", what, { host: name, cause }));
        });
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

import { spawn } from "node:child_process";
import { connect as connectTcp } from "node:net";
import { constants, userInfo } from "node:os";
import { TripodError } from "../../src/errors.ts";
import type { CommandObserver, Connection, Result, RunOptions } from "../../src/remote/connection.ts";
import { exchange } from "../../src/remote/exchange.ts";
import { tooLong } from "../../src/remote/limits.ts";
import { observe } from "../../src/remote/observe.ts";
import { notStarted } from "../../src/remote/refused.ts";
import { wrap } from "../../src/remote/shell.ts";

export interface LocalOptions {
  /** Default `localhost`. */
  readonly name?: string;
  /** The shell that runs the scripts, with its arguments: `busybox sh`. Default `sh`. */
  readonly shell?: string;
  readonly observer?: CommandObserver;
}

/** This machine as a Connection: commands are child processes, wrapped as over SSH. */
export function localConnection(options: LocalOptions = {}): Connection {
  const name = options.name ?? "localhost";
  const traffic = { commands: 0, bytesSent: 0, bytesReceived: 0 };
  const user = userInfo().username;

  const run = (script: string, runOptions: RunOptions = {}) =>
    new Promise<Result>((resolve, reject) => {
      const { signal, asLoginUser, within } = runOptions;
      const info = { host: name, script };
      signal?.throwIfAborted();
      const sudo = user !== "root" && !asLoginUser;
      const wrapped = wrap(script, { sudo, shell: options.shell });
      const child = spawn("/bin/sh", ["-c", wrapped.command]);
      const giveUp = (error: Error) => {
        clearTimeout(late);
        reject(error);
        child.kill();
        // Processes that it has started fail when they write.
        child.stdout.destroy();
        child.stderr.destroy();
      };
      const abort = () => {
        giveUp(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      const late = within === undefined ? undefined : setTimeout(() => giveUp(tooLong(info, within)), within);
      const said = exchange(child, wrapped, runOptions, traffic, info, giveUp);
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
    run: (script, runOptions) => observe(options.observer, name, script, () => run(script, runOptions)),
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

import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { ExitWith } from "./exit.ts";
import type { Io } from "./io.ts";

/**
 * Gives the terminal to another program and waits for its end; a terminal's Ctrl-C reaches it by itself and is its own affair.
 * @throws ExitWith its exit code, unless that is 0
 */
export async function giveTerminal(argv: readonly string[], io: Io, env: NodeJS.ProcessEnv = io.env): Promise<void> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "inherit", cwd: io.cwd, env });
  const takeBack = io.handOver((signal) => {
    // Unlike Ctrl-C, which the whole terminal gets, this was sent to us alone.
    if (signal === "SIGTERM") child.kill(signal);
  });
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    const status = code ?? 128 + (signal ? constants.signals[signal] : 0);
    if (status !== 0) throw new ExitWith(status);
  } finally {
    takeBack();
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { ExitWith } from "./exit.ts";
import type { Io } from "./io.ts";

/**
 * Gives the terminal to another program and waits until it ends; the program receives the terminal's Ctrl-C itself.
 * @throws ExitWith its exit code, unless it is 0
 */
export async function giveTerminal(argv: readonly string[], io: Io, env: NodeJS.ProcessEnv = io.env): Promise<void> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "inherit", cwd: io.cwd, env });
  const takeBack = io.handOver((signal) => {
    // Unlike Ctrl-C, which goes to every process of the terminal, SIGTERM was sent to this process only.
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

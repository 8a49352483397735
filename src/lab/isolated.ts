import { local, type LocalOptions } from "./local.ts";

/** Mount and PID namespaces that end, with all their processes, when the program in them ends or Tripod is killed. */
const NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Runs a program that mounts file systems or starts processes; all of them are cleaned up even if it is interrupted. */
export function isolated(argv: readonly string[], options: LocalOptions): Promise<string> {
  // unshare blocks SIGTERM while it waits.
  return local(["setpriv", "--pdeathsig", "KILL", ...NAMESPACES, ...argv], { ...options, killSignal: "SIGKILL" });
}

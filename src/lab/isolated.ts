import { local, type LocalOptions } from "./local.ts";

/** Mount and process namespaces that end, with everything in them, when the program in them ends or when Tripod dies. */
const NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Runs a program that mounts things or starts processes of its own while it builds: an interrupted one leaves nothing of them behind. */
export function isolated(argv: readonly string[], options: LocalOptions): Promise<string> {
  // unshare blocks SIGTERM while it waits.
  return local(["setpriv", "--pdeathsig", "KILL", ...NAMESPACES, ...argv], { ...options, killSignal: "SIGKILL" });
}

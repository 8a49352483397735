import type { Host } from "../../host.ts";
import { sh } from "../../remote/shell.ts";
import { render } from "../../render/render.ts";

/** What became of a connection. `refused`: nobody listens, or a firewall answers so; `timeout`: the packets are dropped on the way. */
export type ConnectOutcome = "open" | "refused" | "rejected" | "timeout";

/** A host that listens for a moment. */
export interface Listener {
  readonly host: Host;
  /** The ports on which it listens. Where it does not, a program of the host's own has the port. */
  readonly ports: ReadonlySet<number>;
}

/** Every Debian has perl (perl-base), every RHEL a python3, which dnf needs. */
const INTERPRETER = `run() {
  if command -v perl >/dev/null; then perl -e "$perl" -- "$@"
  else for each in python3 /usr/libexec/platform-python; do
    command -v "$each" >/dev/null && { "$each" -c "$python" "$@"; return; }
  done; fi
}`;

function program(...words: readonly string[]): string {
  const programs = sh`perl=${render("preflight/reach.pl", {})} python=${render("preflight/reach.py", {})}`;
  return [programs, INTERPRETER, sh`run ${words}`].join("\n");
}

/**
 * Runs `work` while each of these hosts listens on these of its ports; nothing is written there. A host on which no program can listen is
 * not among the listeners.
 */
export async function whileListening<T>(
  wanted: ReadonlyMap<Host, readonly number[]>,
  work: (listeners: ReadonlyMap<Host, Listener>) => Promise<T>,
): Promise<T> {
  const started: (Listener & { readonly pid: string })[] = [];
  try {
    const all = await Promise.allSettled(
      [...wanted].map(async ([host, ports]) => {
        const { stdout } = await host.connection.run(program("listen", host.machine.address, ...ports.map(String)));
        const pid = /^pid (\d+)$/m.exec(stdout)?.[1];
        const open = [...stdout.matchAll(/^open (\d+)$/gm)].map(([, port]) => Number(port));
        if (pid !== undefined) started.push({ host, pid, ports: new Set(open) });
      }),
    );
    for (const one of all) if (one.status === "rejected") throw one.reason;
    return await work(new Map(started.map((listener) => [listener.host, listener])));
  } finally {
    // Where this fails, the listener ends by itself within a minute.
    await Promise.allSettled(started.map(({ host, pid }) => host.connection.run(sh`kill ${pid}`)));
  }
}

/** Connects from a host to each of these `address:port`, all at once. What is not in the result is not known. */
export async function connects(host: Host, targets: readonly string[]): Promise<ReadonlyMap<string, ConnectOutcome>> {
  const { stdout } = await host.read(program("connect", ...targets));
  const lines = [...stdout.matchAll(/^(\S+) (open|refused|rejected|timeout)$/gm)];
  return new Map(lines.map(([, target = "", outcome]) => [target, outcome as ConnectOutcome]));
}

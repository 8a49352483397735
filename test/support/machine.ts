import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Host } from "../../src/host.ts";
import type { Machine } from "../../src/inventory/cluster.ts";
import { batchReads } from "../../src/remote/batch.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { localConnection } from "./local-connection.ts";
import { toHost } from "../../src/session.ts";
import { testMachine } from "./cluster.ts";
import { type Entry, listing } from "./listing.ts";

const NAMESPACES = ["--mount", "--pid", "--uts", "--net", "--fork", "--kill-child"];

/** Why there can be no throw-away machines here, for the title of what is skipped; undefined where there can. */
export const noMachine = whyNot();

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const { error, status } = spawnSync("unshare", [...NAMESPACES, "sh", "-c", "mount -t tmpfs tmpfs /mnt && ip link"]);
  return error || status !== 0 ? "needs namespaces of its own (unshare), and ip" : undefined;
}

export interface ThrowAwayMachine extends AsyncDisposable {
  readonly host: Host;
  readonly connection: Connection;
  /** Where its root file system is to be found from here. */
  readonly root: string;
  write(path: string, text: string, mode?: number): void;
  read(path: string): string;
  /** Makes a file look as if it had been written so many seconds ago; negative: in the future. */
  age(path: string, seconds: number): void;
  /** Everything on it that was ever written. */
  listing(): Entry[];
}

export interface MachineOptions {
  readonly machine?: Machine;
  /** A folder that several machines share: what a Kubernetes API and an etcd would be to them. */
  readonly shared?: string;
}

/**
 * A machine in memory: a root file system on a tmpfs, in namespaces of its own. Shell and tools are this machine's real ones; what
 * must not be real (systemd, package managers, Kubernetes …) is played by the scripts in fakes/, whose state lies in /fakes.
 * Nothing of it is left when it is disposed, or when this process dies.
 */
export async function throwAwayMachine(options: MachineOptions = {}): Promise<ThrowAwayMachine> {
  const { machine = testMachine("m1", "10.0.0.11", "master"), shared = "" } = options;
  const [script, fakes] = [join(import.meta.dirname, "machine.sh"), join(import.meta.dirname, "fakes")];
  const given = [fakes, shared, machine.address, process.execPath];
  const holder = spawn("unshare", [...NAMESPACES, "sh", script, ...given], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(holder, "exit");
  const pid = await Promise.race([
    once(holder.stdout, "data").then(([data]) => String(data).trim()),
    gone.then(() => Promise.reject(new Error("the throw-away machine could not be made; it has said why"))),
  ]);
  const root = `/proc/${pid}/root`;
  const connection = localConnection({ name: machine.name, shell: `nsenter -t ${pid} -m -u -n -p -r -w sh` });
  return {
    host: await toHost(machine, connection),
    connection,
    root,
    write(path, text, mode) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text, { mode });
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    age(path, seconds) {
      const then = Date.now() / 1000 - seconds;
      utimesSync(join(root, path), then, then);
    },
    listing: () => listing(root),
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await gone;
    },
  };
}

/** The same host over another connection. */
export function over(host: Host, connection: Connection): Host {
  return { ...host, connection, read: batchReads(connection) };
}

import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { testCluster, testMachine } from "./cluster.ts";

/** A master that root logs in to, and a worker with another port and an ordinary user. */
export function labCluster(name: string): Cluster {
  const worker = testMachine("w1", "10.0.0.21", "worker");
  return testCluster({
    name,
    masters: [testMachine("m1", "10.0.0.11", "master")],
    workers: [{ ...worker, ssh: { ...worker.ssh, port: 2222, user: "admin" } }],
  });
}

/** Everything on this machine that carries a lab's name (processes, mounts, namespaces, control groups), and its interfaces. */
export function tracesOf(lab: string): string[] {
  const mark = `tripod.${lab}`;
  const mounts = lines("/proc/self/mountinfo").filter((line) => line.includes(mark) || line.includes(`labs/${lab}`));
  const namespaces = list("/run/netns").filter((name) => name === mark);
  const groups = lines("/proc/self/mountinfo")
    .filter((line) => / - cgroup2? /.test(line))
    .flatMap((line) => list(line.split(" ")[4] ?? "").filter((name) => name.includes(mark)));
  // One that has ended and waits for init to take note of it (a zombie) does nothing any more.
  const living = list("/proc").filter((pid) => lines(join("/proc", pid, "stat")).some((line) => /\) [^Z] /.test(line)));
  const processes = living.filter((pid) =>
    ["cmdline", "cgroup"].some((file) => lines(join("/proc", pid, file)).some((line) => line.includes(mark))),
  );
  return [...mounts, ...namespaces, ...groups, ...processes, ...Object.keys(networkInterfaces())];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

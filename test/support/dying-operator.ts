import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { bootstrap } from "../../src/bootstrap.ts";
import type { RunEvent } from "../../src/engine/events.ts";
import { TripodError } from "../../src/errors.ts";
import { loadCluster } from "../../src/inventory/load.ts";
import { withLab } from "../../src/lab/overrides.ts";
import { key } from "./boundaries.ts";

/**
 * An operator who is killed (SIGKILL, no farewell) at every resource that is about to change: once right before it is touched, and for
 * the kinds that take long, a second time while its command runs or right after it was applied. What has been died for is kept in a
 * file, so that the next one gets a step further.
 *
 * argv: the inventory, the file, and which of so many parts of the resources are died for: `2 5`. Exit code 0: nothing was left to die
 * for, and the run came to its end.
 */
const [inventory = "", memory = "", part = "0", parts = "1"] = process.argv.slice(2);
const deaths = JSON.parse(readFileSync(memory, "utf8")) as Record<string, string[]>;

/** Kinds that do more than write a file: what they leave half done is worth a second death. */
const SLOW = /^(binary|image|service|etcd-member|kubeadm-|packages|certificate|user|enabled|workload|bootstrap-token)/;

/** The same part for the same resource in each life; and always what makes a member of a cluster. */
const isDiedFor = (resource: string) =>
  / (kubeadm-|etcd-member)/.test(resource) ||
  createHash("sha256").update(resource).digest().readUInt32BE() % Number(parts) === Number(part);

function die(resource: string, how: string): never {
  deaths[resource] = [...(deaths[resource] ?? []), how];
  writeFileSync(memory, JSON.stringify(deaths));
  process.kill(process.pid, "SIGKILL");
  // The signal arrives at once; nothing of ours runs after it.
  for (;;);
}

function sink(event: RunEvent): void {
  if (event.type !== "resource.change" && event.type !== "resource.applied") return;
  const resource = key(event);
  if (!isDiedFor(resource)) return;
  if (event.type === "resource.change") {
    const [before, second] = deaths[resource] ?? [];
    if (!before) die(resource, "before");
    const name = event.resource;
    if (!second && SLOW.test(name) && Object.keys(deaths).indexOf(resource) % 2 === 0)
      setTimeout(() => die(resource, "while"), 20);
  }
  if (event.type === "resource.applied") {
    const [, second] = deaths[resource] ?? [];
    if (!second && SLOW.test(event.resource)) die(resource, "after");
  }
}

const cluster = withLab(await loadCluster(inventory));
try {
  await bootstrap(cluster, { mode: "apply", sink, signal: new AbortController().signal });
} catch (error) {
  // The one before died a moment ago, and not every host has noticed yet.
  if (error instanceof TripodError && error.code === "E_LOCKED") process.exit(error.exitCode);
  throw error;
}
process.exit(0);

import type { RunEvent, Sink } from "../../src/engine/events.ts";
import { run } from "../../src/engine/run.ts";
import type { Host } from "../../src/host.ts";
import type { Mode } from "../../src/phases/phase.ts";
import type { Change, Resource } from "../../src/resources/resource.ts";
import { testCluster } from "./cluster.ts";

/** Walks these resources over one host as the engine does, with one phase of its own; what it said. */
export async function walk(
  host: Host,
  resources: readonly Resource[],
  mode: Mode = "apply",
  told: Sink = () => undefined,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const cluster = testCluster({ masters: [host.machine], workers: [] });
  const phase = { name: "only", title: "Only", needs: [], hosts: () => [host.machine], resources: () => resources };
  const { signal } = new AbortController();
  const sink: Sink = (event) => {
    events.push(event);
    told(event);
  };
  await run([phase], cluster, [host], { mode, signal, sink });
  return events;
}

/** Every change that a walk spoke of, in its order. */
export function changesIn(events: readonly RunEvent[]): Change[] {
  return events.flatMap((event) => (event.type === "resource.change" ? event.changes : []));
}

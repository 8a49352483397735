import type { RunEvent } from "../../src/engine/events.ts";
import { run, type EngineOptions } from "../../src/engine/run.ts";
import { TripodError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import type { Mode, Phase } from "../../src/phases/phase.ts";
import type { Resource, Working } from "../../src/resources/resource.ts";
import { testCluster } from "./cluster.ts";

export const cluster = testCluster();
export const hosts = cluster.machines.map(fakeHost);

/** Walks made-up phases over hosts that answer nothing; what was said. */
export async function walk(
  phases: readonly Phase[],
  mode: Mode = "apply",
  options: Partial<EngineOptions> = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const { signal } = new AbortController();
  await run(phases, cluster, hosts, { mode, signal, sink: (event) => events.push(event), ...options });
  return events;
}

export function changed(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "resource.change" ? [event.resource] : []));
}

/** On all hosts; its resources are none, after `work` has been done. */
export function phase(name: string, needs: Phase["needs"], work: (host: Host) => unknown = () => undefined): Phase {
  return {
    name,
    title: name,
    needs,
    hosts: ({ cluster }) => cluster.machines,
    async resources(host) {
      await work(host);
      return [];
    },
  };
}

/** On the hosts of these names only. */
export function on(names: readonly string[], one: Phase): Phase {
  return { ...one, hosts: ({ cluster }) => cluster.machines.filter(({ name }) => names.includes(name)) };
}

export interface ThingOptions {
  log?: string[];
  right?: boolean;
  stubborn?: boolean;
  loseConnection?: "before" | "after";
  /** What else applying it does. */
  work?: (working: Working) => unknown;
}

/** A resource that is wrong until it is applied. */
export function thing(
  name: string,
  { log = [], right = false, stubborn = false, loseConnection, work }: ThingOptions,
): Resource {
  let state = right;
  let lose = loseConnection;
  const lost = () => {
    lose = undefined;
    return new TripodError("E_CONNECTION_LOST", "gone");
  };
  return {
    kind: "thing",
    name,
    inspect(_, working) {
      log.push(`read ${name}`);
      const was = state;
      return Promise.resolve({
        changes: () => (was ? [] : [{ field: "state", from: "wrong", to: "right" }]),
        async apply() {
          log.push(`apply ${name}`);
          await work?.(working);
          if (lose === "before") throw lost();
          state = !stubborn;
          if (lose === "after") throw lost();
        },
      });
    },
  };
}

function fakeHost(machine: Host["machine"]): Host {
  const result = { code: 0, stdout: "", stderr: "" };
  return {
    name: machine.name,
    machine,
    os: undefined as never,
    fact: () => undefined as never,
    read: () => Promise.resolve(result),
    connection: {
      name: machine.name,
      traffic: { commands: 0, bytesSent: 0, bytesReceived: 0 },
      run: () => Promise.resolve(result),
      dial: () => Promise.reject(new Error("not dialled here")),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

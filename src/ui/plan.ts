import type { Change, RunEvent } from "../engine/events.ts";
import { oneLine } from "../printable.ts";
import { changeLines, paintDiff, signOf } from "./changes.ts";
import type { Output } from "./output.ts";
import type { Paint } from "./paint.ts";
import { count, type Screen } from "./screen.ts";

/** The changes of one phase, by host in the inventory's order. */
interface PhaseChanges {
  readonly title: string;
  readonly changes: Map<string, ChangedResource[]>;
  readonly notes: string[];
  ended: boolean;
}

interface ChangedResource {
  readonly resource: string;
  readonly changes: readonly Change[];
}

interface Entry extends ChangedResource {
  readonly hosts: string[];
}

const COLOURS = { "+": "green", "-": "red", "~": "yellow" } as const;

/** For people: what would change in each phase, on which hosts, with all diffs. A phase is printed when those before it have ended. */
export function planScreen(out: Output, paint: Paint): Screen {
  let pending = new Map<string, PhaseChanges>();
  const flush = (all: boolean) => {
    for (const [name, phase] of pending) {
      if (!phase.ended && !all) return;
      for (const line of text(phase, paint)) out.write(`${line.trimEnd()}\n`);
      pending.delete(name);
    }
  };
  return {
    sink: (event) => {
      if (event.type === "run.start") {
        const { mode, cluster, phases } = event;
        const hosts = new Set(phases.flatMap((phase) => phase.hosts));
        out.write(`${mode} ${cluster}: ${count(phases.length, "phase")} on ${count(hosts.size, "host")}\n`);
        pending = new Map(phases.map(({ name, title, hosts }) => [name, newPhaseChanges(title, hosts)]));
      }
      const phase = "phase" in event ? pending.get(event.phase) : undefined;
      if (phase) update(phase, event, paint);
      if (event.type === "phase.end" || event.type === "run.end") flush(event.type === "run.end");
    },
    finish: () => {
      flush(true);
      return Promise.resolve();
    },
  };
}

function newPhaseChanges(title: string, hosts: readonly string[]): PhaseChanges {
  return { title, changes: new Map(hosts.map((host) => [host, []])), notes: [], ended: hosts.length === 0 };
}

function update(phase: PhaseChanges, event: RunEvent, paint: Paint): void {
  const { changes, notes } = phase;
  if (event.type === "phase.end") phase.ended = true;
  if (event.type === "resource.change") changes.get(event.host)?.push(event);
  if (event.type === "need.unmet") {
    const { host, neededBy, missing } = event;
    const why = `left out on ${host}, but needed by ${neededBy.join(", ")} and not up to date: ${some(missing)}`;
    notes.push(`${paint("red", "!")} ${oneLine(why)}`);
  }
  if (event.type === "step.fail")
    for (const { message } of event.errors) notes.push(`${paint("red", "failed")} ${event.host}: ${oneLine(message)}`);
}

function text({ title, changes, notes }: PhaseChanges, paint: Paint): string[] {
  const entries = together(changes).flatMap(({ resource, changes: fields, hosts }) => {
    const sign = signOf(fields);
    return [
      `  ${paint(COLOURS[sign], sign)} ${oneLine(resource)}  ${paint("dim", `on ${hosts.join(", ")}`)}`,
      ...changeLines(fields).map((line) => `      ${paintDiff(line, paint)}`),
    ];
  });
  if (entries.length === 0 && notes.length === 0) return [];
  return ["", title, ...entries, ...notes.map((note) => `  ${note}`)];
}

function some(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** A change that is the same on several hosts appears once; different changes of one resource follow one another. */
function together(byHost: PhaseChanges["changes"]): Entry[] {
  const found = new Map<string, Map<string, Entry>>();
  for (const [host, all] of byHost)
    for (const { resource, changes } of all) {
      const same = JSON.stringify(changes);
      const ofResource = found.get(resource) ?? new Map<string, Entry>();
      const one = ofResource.get(same) ?? { resource, changes, hosts: [] };
      one.hosts.push(host);
      found.set(resource, ofResource.set(same, one));
    }
  return [...found.values()].flatMap((ofResource) => [...ofResource.values()]);
}

import type { Change, RunEvent } from "../engine/events.ts";
import { oneLine } from "../printable.ts";
import { changeLines, paintDiff, signOf } from "./changes.ts";
import type { Output } from "./output.ts";
import type { Paint } from "./paint.ts";
import { count, type Screen } from "./screen.ts";

/** The changes of one phase, by host in the inventory's order. */
interface Chapter {
  readonly title: string;
  readonly changes: Map<string, ResourceChange[]>;
  readonly notes: string[];
  ended: boolean;
}

interface ResourceChange {
  readonly resource: string;
  readonly changes: readonly Change[];
}

interface Entry extends ResourceChange {
  readonly hosts: string[];
}

const COLOURS = { "+": "green", "-": "red", "~": "yellow" } as const;

/** For people: what would change in each phase, on which hosts, with all diffs. A phase is printed when those before it have ended. */
export function planScreen(out: Output, paint: Paint): Screen {
  let chapters = new Map<string, Chapter>();
  const flush = (all: boolean) => {
    for (const [name, chapter] of chapters) {
      if (!chapter.ended && !all) return;
      for (const line of text(chapter, paint)) out.write(`${line.trimEnd()}\n`);
      chapters.delete(name);
    }
  };
  return {
    sink: (event) => {
      if (event.type === "run.start") {
        const { mode, cluster, phases } = event;
        const hosts = new Set(phases.flatMap((phase) => phase.hosts));
        out.write(`${mode} ${cluster}: ${count(phases.length, "phase")} on ${count(hosts.size, "host")}\n`);
        chapters = new Map(phases.map(({ name, title, hosts }) => [name, newChapter(title, hosts)]));
      }
      const chapter = "phase" in event ? chapters.get(event.phase) : undefined;
      if (chapter) see(chapter, event, paint);
      if (event.type === "phase.end" || event.type === "run.end") flush(event.type === "run.end");
    },
    finish: () => {
      flush(true);
      return Promise.resolve();
    },
  };
}

function newChapter(title: string, hosts: readonly string[]): Chapter {
  return { title, changes: new Map(hosts.map((host) => [host, []])), notes: [], ended: hosts.length === 0 };
}

function see(chapter: Chapter, event: RunEvent, paint: Paint): void {
  const { changes, notes } = chapter;
  if (event.type === "phase.end") chapter.ended = true;
  if (event.type === "resource.change") changes.get(event.host)?.push(event);
  if (event.type === "need.unmet") {
    const { host, neededBy, missing } = event;
    const why = `left out on ${host}, but needed by ${neededBy.join(", ")} and not up to date: ${some(missing)}`;
    notes.push(`${paint("red", "!")} ${oneLine(why)}`);
  }
  if (event.type === "step.fail")
    for (const { message } of event.errors) notes.push(`${paint("red", "failed")} ${event.host}: ${oneLine(message)}`);
}

function text({ title, changes, notes }: Chapter, paint: Paint): string[] {
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
function together(byHost: Chapter["changes"]): Entry[] {
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

import type { Writable } from "node:stream";
import type { Change, RunEvent } from "../engine/events.ts";
import { changeLines, paintDiff, signOf } from "./changes.ts";
import type { Paint } from "./paint.ts";
import { count, oneLine, type Screen } from "./screen.ts";

/** What would change in one phase: the same change of several hosts is shown once. */
interface Chapter {
  readonly title: string;
  readonly changes: Map<string, { resource: string; changes: readonly Change[]; hosts: string[] }>;
  readonly notes: string[];
  ended: boolean;
}

const COLOURS = { "+": "green", "-": "red", "~": "yellow" } as const;

/** For people: phase by phase what would change, on which hosts, and all of its diffs. A phase is printed when those before it are known. */
export function planScreen(out: Writable, paint: Paint): Screen {
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
        chapters = new Map(phases.map(({ name, title, hosts }) => [name, newChapter(title, hosts.length === 0)]));
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

function newChapter(title: string, ended: boolean): Chapter {
  return { title, changes: new Map(), notes: [], ended };
}

function see(chapter: Chapter, event: RunEvent, paint: Paint): void {
  if (event.type === "phase.end") chapter.ended = true;
  if (event.type === "resource.change") {
    const { resource, changes, host } = event;
    const same = JSON.stringify([resource, changes]);
    const known = chapter.changes.get(same) ?? { resource, changes, hosts: [] };
    known.hosts.push(host);
    chapter.changes.set(same, known);
  }
  if (event.type === "need.unmet") {
    const { host, neededBy, missing } = event;
    const why = `left out on ${host}, but needed by ${neededBy.join(", ")} and not as it should be: ${missing.join(", ")}`;
    chapter.notes.push(`${paint("red", "!")} ${oneLine(why)}`);
  }
  if (event.type === "step.fail")
    for (const { message } of event.errors)
      chapter.notes.push(`${paint("red", "failed")} ${event.host}: ${oneLine(message)}`);
}

function text({ title, changes, notes }: Chapter, paint: Paint): string[] {
  if (changes.size === 0 && notes.length === 0) return [];
  const entries = [...changes.values()].flatMap(({ resource, changes: fields, hosts }) => {
    const sign = signOf(fields);
    return [
      `  ${paint(COLOURS[sign], sign)} ${oneLine(resource)}  ${paint("dim", `on ${hosts.join(", ")}`)}`,
      ...changeLines(fields).map((line) => `      ${paintDiff(line, paint)}`),
    ];
  });
  return ["", title, ...entries, ...notes.map((note) => `  ${note}`)];
}

import type { RunEvent } from "../engine/events.ts";
import { oneLine } from "../printable.ts";
import { seconds } from "./screen.ts";

type RunStart = Extract<RunEvent, { type: "run.start" }>;

interface Row {
  readonly title: string;
  readonly hosts: number;
  state: "waiting" | "running" | "ok" | "failed" | "cancelled";
  done: number;
  changed: number;
  ms: number;
  /** What each host is doing; the latest is last. */
  readonly doing: Map<string, string>;
  /** The error of each host that failed. */
  readonly failures: Map<string, string>;
}

/** The text of each row of the tree, one row per phase: a fold of the events. */
export interface Rows {
  update(event: RunEvent): void;
  /** One text per phase, in the order of `run.start`; if there are more phases than `height` rows, the least important are empty. */
  texts(height: number): string[];
}

export function createRows(start: RunStart): Rows {
  const rows = new Map(start.phases.map(({ name, title, hosts }) => [name, newRow(title, hosts.length)]));
  const width = Math.max(0, ...start.phases.map(({ title }) => title.length));
  const countWidth = Math.max(0, ...start.phases.map(({ hosts }) => `${hosts.length}/${hosts.length}`.length));
  const changedWord = start.mode === "plan" ? "to change" : "changed";

  function text(row: Row): string {
    const hosts = `${row.done}/${row.hosts}`.padStart(countWidth);
    return `${row.title.padEnd(width)}  ${hosts}  ${detail(row, changedWord)}`.trimEnd();
  }

  return {
    update(event) {
      const row = "phase" in event ? rows.get(event.phase) : undefined;
      if (row) updateRow(row, event);
    },
    texts(height) {
      const all = [...rows.values()];
      const shown = new Set(byImportance(all).slice(0, Math.max(1, height)));
      return all.map((row) => (shown.has(row) ? text(row) : ""));
    },
  };
}

function newRow(title: string, hosts: number): Row {
  return { title, hosts, state: "waiting", done: 0, changed: 0, ms: 0, doing: new Map(), failures: new Map() };
}

function updateRow(row: Row, event: RunEvent): void {
  const doing = (host: string, text: string) => {
    row.doing.delete(host);
    row.doing.set(host, oneLine(text));
  };
  switch (event.type) {
    case "phase.start":
      row.state = "running";
      break;
    case "resource.change":
      row.changed++;
      doing(event.host, event.resource);
      break;
    case "progress":
      doing(event.host, event.text);
      break;
    case "condition.waiting":
      doing(event.host, `waiting for ${event.condition}: ${event.reason}`);
      break;
    case "step.fail":
      row.failures.set(event.host, oneLine(event.errors[0]?.message ?? "failed"));
      break;
    case "step.end":
      row.doing.delete(event.host);
      if (event.outcome === "ok") row.done++;
      if (event.outcome === "failed" && !row.failures.has(event.host)) row.failures.set(event.host, "failed");
      break;
    case "phase.end":
      row.state = event.outcome;
      row.ms = event.ms;
      break;
    default:
  }
}

function detail(row: Row, changedWord: string): string {
  const [failure] = row.failures;
  if (failure) {
    const others = row.failures.size - 1;
    return `${failure[0]}: ${failure[1]}${others > 0 ? `, and ${others} more` : ""}`;
  }
  if (row.state === "cancelled") return "cancelled";
  if (row.state === "ok") return seconds(row.ms) + (row.changed > 0 ? `  ${row.changed} ${changedWord}` : "");
  const latest = [...row.doing].at(-1);
  return latest ? `${latest[0]}: ${latest[1]}` : "";
}

/** Failed and running phases first, then the phases that ended last, then those that come next. */
function byImportance(rows: readonly Row[]): Row[] {
  const waiting = rows.filter((row) => row.state === "waiting");
  const ended = rows.filter((row) => row.state === "ok" || row.state === "cancelled").reverse();
  return [...rows.filter((row) => !waiting.includes(row) && !ended.includes(row)), ...ended, ...waiting];
}

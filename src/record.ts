import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { DrillEvent } from "./drills/events.ts";
import type { RunEvent } from "./engine/events.ts";
import { TripodError } from "./errors.ts";
import { jsonText } from "./printable.ts";
import type { RehearsalEvent } from "./rehearsal.ts";
import { stateFolder } from "./xdg.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What every event has, a run's, a drill's and a rehearsal's: the rest is its own affair. */
interface Recorded {
  readonly type: string;
  /** ms since the epoch */
  readonly at: number;
}

/** A record is of one kind throughout. */
export type RecordedEvents = readonly RunEvent[] | readonly DrillEvent[] | readonly RehearsalEvent[];

/** A run's events on their way into a file of the operator's state folder. */
export interface Recording {
  readonly path: string;
  /** Writes each event as it comes, so that a run that is killed has its record too. Never throws. */
  readonly sink: (event: Recorded) => void;
  /** @returns why the record is missing or incomplete, where it is */
  close(): TripodError | undefined;
}

/** What a record's path tells of the run. */
export interface RecordedRun {
  /** `20260131T091500.123Z-apply` */
  readonly id: string;
  readonly cluster: string;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly path: string;
}

/** Records kept of each cluster. */
const KEPT = 50;

/** An ISO 8601 date without what a file name had better not have, and the mode. */
const RECORD = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-[a-z]+\.jsonl$/;

/**
 * Opens the record of a run that begins now. Nobody's apply is to stop because a disk is full: what cannot be written is told by
 * `close`. A run that ends before its first event, because a host does not answer, leaves no record.
 */
export function recordRun(cluster: string, mode: string, env: Environment, now = new Date()): Recording {
  const folder = join(runsFolder(env), cluster);
  const path = join(folder, `${now.toISOString().replace(/[-:]/g, "")}-${mode}.jsonl`);
  let file: number | undefined;
  let failure: TripodError | undefined;
  return {
    path,
    sink(event) {
      if (failure) return;
      try {
        file ??= create(folder, path);
        appendFileSync(file, `${jsonText(event)}\n`);
      } catch (cause) {
        failure = new TripodError("E_LOCAL", "this run's record could not be written", {
          why: (cause as Error).message,
          hint: "`tripod report` will not know all of it; the run itself is not affected",
          cause,
        });
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      return failure;
    },
  };
}

/** Creates the file for its owner alone, and lets go of the oldest of its folder. */
function create(folder: string, path: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(path, "ax", 0o600);
  for (const name of readdirSync(folder)
    .filter((entry) => RECORD.test(entry))
    .toSorted()
    .slice(0, -KEPT))
    rmSync(join(folder, name), { force: true });
  return file;
}

/** @returns the records of one cluster, or of all, the newest first */
export function listRuns(env: Environment, cluster?: string): RecordedRun[] {
  const folder = runsFolder(env);
  const clusters = cluster === undefined ? namesIn(folder) : [cluster];
  return clusters
    .flatMap((each) => namesIn(join(folder, each)).flatMap((name) => recordNamed(name, join(folder, each), each)))
    .toSorted((a, b) => b.startedAt - a.startedAt || a.cluster.localeCompare(b.cluster));
}

function recordNamed(name: string, folder: string, cluster: string): RecordedRun[] {
  if (!RECORD.test(name)) return [];
  const startedAt = Date.parse(name.replace(RECORD, "$1-$2-$3T$4:$5:$6"));
  return [{ id: basename(name, ".jsonl"), cluster, startedAt, path: join(folder, name) }];
}

/**
 * Reads the events of a record, or of what `--json` printed. A last line that a killed run did not finish is left out.
 * @throws TripodError E_LOCAL where the file cannot be read or holds something else
 */
export function readRun(path: string): RecordedEvents {
  const lines = textOf(path).split("\n");
  // What stands behind the last newline is nothing, or half a line.
  const events = lines.slice(0, -1).map((line, index) => {
    const event = parsed(line);
    if (event) return event;
    throw new TripodError("E_LOCAL", `${path} is not the record of a run`, {
      origin: { file: path, line: index + 1, column: 1 },
      why: "this line is not an event",
      hint: "take one of `tripod report --list`, or what `tripod apply --json` printed",
    });
  });
  return events as unknown as RecordedEvents;
}

export function isDrill(events: RecordedEvents): events is readonly DrillEvent[] {
  return events.some(({ type }) => type === "drill.start");
}

export function isRehearsal(events: RecordedEvents): events is readonly RehearsalEvent[] {
  return events.some(({ type }) => type === "rehearsal.start");
}

function parsed(line: string): Recorded | undefined {
  try {
    const value = JSON.parse(line) as Recorded | null;
    return typeof value?.type === "string" && typeof value.at === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "")) return [];
    throw unreadable(folder, cause);
  }
}

function unreadable(path: string, cause: unknown): TripodError {
  return new TripodError("E_LOCAL", `cannot read ${path}`, { why: (cause as Error).message, cause });
}

function runsFolder(env: Environment): string {
  return join(stateFolder(env), "runs");
}

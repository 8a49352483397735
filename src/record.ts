import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { DrillEvent } from "./drills/events.ts";
import type { RunEvent } from "./engine/events.ts";
import { TripodError } from "./errors.ts";
import { jsonText } from "./printable.ts";
import type { RehearsalEvent } from "./rehearsal/events.ts";
import { stateFolder } from "./xdg.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the events of runs, drills and rehearsals have in common. */
interface Recorded {
  readonly type: string;
  /** ms since the epoch */
  readonly at: number;
}

/** All events of a record are of one kind. */
export type RecordedEvents = readonly RunEvent[] | readonly DrillEvent[] | readonly RehearsalEvent[];

/** Writes a run's events to a file in the operator's state folder. */
export interface Recording {
  readonly path: string;
  /** Writes each event at once, so that a killed run has a record too. Never throws. */
  readonly sink: (event: Recorded) => void;
  /** @returns why the record is missing or incomplete; undefined if it is complete */
  close(): TripodError | undefined;
}

/** What a record's path contains about the run. */
export interface RecordedRun {
  /** `20260131T091500.123Z-apply` */
  readonly id: string;
  readonly cluster: string;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly path: string;
}

/** Records kept per cluster. */
const KEPT = 50;

/** An ISO 8601 date without the characters `-` and `:`, and the mode. */
const RECORD = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-[a-z]+\.jsonl$/;

/**
 * Opens the record of a run that begins now. A full disk must not stop an apply: `close` reports what could not be written. A run
 * that ends before its first event, because a host does not answer, leaves no record.
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
          hint: "`tripod report` cannot show all of this run; the run itself is not affected",
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

/** Creates the file, readable by its owner only, and deletes the oldest files of its folder. */
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
 * Reads the events of a record, or of the output of `--json`. An incomplete last line, left by a killed run, is ignored.
 * @throws TripodError E_LOCAL if the file cannot be read or contains something else
 */
export function readRun(path: string): RecordedEvents {
  const lines = textOf(path).split("\n");
  // After the last newline there is nothing, or an incomplete line.
  const events = lines.slice(0, -1).map((line, index) => {
    const event = parsed(line);
    if (event) return event;
    throw new TripodError("E_LOCAL", `${path} is not the record of a run`, {
      origin: { file: path, line: index + 1, column: 1 },
      why: "this line is not an event",
      hint: "use a run of `tripod report --list`, or a file with the output of `tripod apply --yes --json -i FILE`",
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
  return new TripodError("E_LOCAL", `cannot read ${path}`, {
    why: (cause as Error).message,
    hint: "check that it exists and that you may read it",
    cause,
  });
}

function runsFolder(env: Environment): string {
  return join(stateFolder(env), "runs");
}

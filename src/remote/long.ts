import { randomBytes } from "node:crypto";
import { isAway, TripodError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import type { Connection, Result } from "./connection.ts";
import { bytesOf } from "./exchange.ts";
import { failed } from "./failed.ts";
import { READ_WITHIN } from "./limits.ts";
import { READ_ANEW } from "./refused.ts";
import { ENVIRONMENT, quote, takeBytes } from "./shell.ts";

export interface LongCommand {
  /** Names the systemd unit, `tripod-<unit>.service`, and the files in /run/tripod. */
  readonly unit: string;
  /** A POSIX shell script. */
  readonly command: string;
  /** Goes to its stdin: a file in /run (0600, a tmpfs) that is gone before the command starts. */
  readonly input?: string | Buffer | Secret;
  /** Not for secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Deadline, ms; default 15 min. */
  readonly within?: number;
}

/** How much of its log is read, bytes: what it said last. */
const LOG = 2 ** 20;

/** How the caller lets time pass; a resource's `Working` is one. */
export interface Waiting {
  progress(text: string): void;
  wait(condition: {
    readonly title: string;
    readonly within: number;
    holds(signal: AbortSignal): Promise<true | string>;
  }): Promise<unknown>;
}

/**
 * Runs a command that a dropped session must neither kill nor start twice, as a systemd unit of its own. Where that unit runs
 * already (we were killed and have come back) it is waited for instead. While the host does not answer the wait goes on.
 * @returns its exit code, and what it said, at most its last MiB, in `stdout`: both outputs in one, as in its log `/run/tripod/<unit>.log`
 * @throws E_COMMAND where it cannot be started or was killed; E_CONNECTION_LOST where the host was restarted under it: its outcome is
 * unknown; what `wait` throws
 */
export async function runLong(connection: Connection, long: LongCommand, waiting: Waiting): Promise<Result> {
  const { unit, within = 15 * 60_000 } = long;
  if (!/^[\w.-]+$/.test(unit)) throw new TripodError("E_INTERNAL", `not the name of a unit: ${unit}`);
  const start = starting(connection, long);
  // Safe to ask for twice: the second time finds the first by its id.
  let started = await start().then(
    () => true,
    (error: unknown) => {
      if (isAway(error) && error.code === "E_CONNECTION_LOST") return false;
      throw error;
    },
  );
  let result: Result | undefined;
  // Kept, not thrown: a wait goes on when a host goes away, and this wait is over.
  let cut: TripodError | undefined;
  let last: string | undefined;
  const holds = async (signal: AbortSignal) => {
    let seen: Seen;
    try {
      if (!started) await start(signal);
      started = true;
      seen = await look(connection, unit, signal);
    } catch (error) {
      if (isAway(error)) return `the host does not answer: ${error.message}`;
      throw error;
    }
    if (seen.state === "killed" || seen.state === "restarted") {
      cut = cutOff(connection.name, unit, seen);
      return true;
    }
    if (seen.state === "ended") {
      result = { code: seen.code, stdout: seen.log, stderr: "" };
      return true;
    }
    const line = lastLine(seen.log) ?? "it runs, and has said nothing yet";
    if (line !== last) waiting.progress(line);
    return (last = line);
  };
  await waiting.wait({ title: `${unit} ends`, within, holds });
  if (cut) throw cut as Error;
  if (!result)
    throw new TripodError("E_INTERNAL", `the wait for ${unit} ended before it did`, { host: connection.name });
  return result;
}

/** A script that only reads: its exit code is 0 while this unit's long command runs, whoever started it. */
export function stillRuns(unit: string): string {
  return `{ [ ! -e /run/tripod/${unit}.exit ] && systemctl --quiet is-active tripod-${unit}.service; }`;
}

/** What starts the unit, unless it runs already or this very call has started it before. */
function starting(connection: Connection, { unit, command, input = "", env = {} }: LongCommand) {
  const id = randomBytes(8).toString("hex");
  const content = bytesOf(input);
  const script = [
    "umask 077",
    "mkdir -p /run/tripod && cd /run/tripod || exit",
    // The first of two goes on after its connection is lost: the second waits for it here.
    `exec 9>${unit}.lock && flock 9 || exit`,
    `[ "$(cat ${unit}.id 2>/dev/null)" != ${id} ] || exit 0`,
    `case $(systemctl is-active tripod-${unit}.service) in active|activating|deactivating)`,
    // What has written its exit code has ended, whatever systemd still has to tidy up.
    `  [ -e ${unit}.exit ] || exit 0; systemctl stop tripod-${unit}.service 2>/dev/null;; esac`,
    `rm -f ${unit}.exit ${unit}.pid`,
    `${takeBytes(content.length)} >${unit}.in && [ "$(wc -c <${unit}.in)" -eq ${content.length} ] || exit`,
    `printf %s ${quote(unitScript(unit, command, env))} >${unit}.sh && : >${unit}.log || exit`,
    `systemd-run --quiet --collect --unit=tripod-${unit} /bin/sh /run/tripod/${unit}.sh || { code=$?; rm -f ${unit}.in; exit $code; }`,
    `echo ${id} >${unit}.id`,
  ].join("\n");
  return async (signal?: AbortSignal) => {
    const result = await connection.run(script, { input: content, signal, within: READ_WITHIN });
    if (result.code !== 0) throw failed(connection.name, `could not start ${unit} as a systemd unit`, result);
  };
}

/** The command in a subshell, so that whatever it does, its exit code is written down, and in one step. */
function unitScript(unit: string, command: string, env: Readonly<Record<string, string>>): string {
  const variables = Object.entries(env).map(([name, value]) => ` ${name}=${quote(value)}`);
  return [
    "cd /run/tripod && umask 077 || exit",
    `echo $$ >${unit}.pid`,
    `exec <${unit}.in >${unit}.log 2>&1`,
    `rm -f ${unit}.in`,
    `( export HOME=/root ${ENVIRONMENT}${variables.join("")}; cd /; umask 022; eval ${quote(command)}`,
    `); echo $? >${unit}.code; mv -f ${unit}.code ${unit}.exit`,
  ].join("\n");
}

interface Seen {
  readonly state: "runs" | "ended" | "killed" | "restarted";
  /** Its exit code, once it has ended. */
  readonly code: number;
  /** All of it once it has ended, until then the last lines. */
  readonly log: string;
}

async function look(connection: Connection, unit: string, signal: AbortSignal): Promise<Seen> {
  const script = [
    "cd /run/tripod 2>/dev/null || { echo restarted; exit; }",
    `ended() { [ ! -e ${unit}.exit ] || { echo ended $(cat ${unit}.exit); tail -c ${LOG} ${unit}.log; exit; }; }`,
    "ended; state=runs",
    // The kernel answers faster than systemd, which is asked only where the process is not there, or not yet.
    `{ read -r pid <${unit}.pid && kill -0 "$pid"; } 2>/dev/null || systemctl --quiet is-active tripod-${unit}.service ||`,
    `  { ended; state=killed; [ -e ${unit}.sh ] || state=restarted; }`,
    `echo $state; tail -n 5 ${unit}.log 2>/dev/null | tail -c 65536`,
  ].join("\n");
  const { stdout } = await connection.run(script, { signal, within: READ_WITHIN });
  const [, state, code, log = ""] = /^(\w+) ?(\d*)\n([^]*)$/.exec(stdout) ?? [];
  return { state: state as Seen["state"], code: Number(code), log };
}

/** The last line that says something, without what would move a terminal's cursor. */
function lastLine(log: string): string | undefined {
  const lines = log.split(/[\r\n]/).map((line) => line.replace(/\p{Cc}/gu, " ").trim());
  return lines.findLast(Boolean);
}

function cutOff(host: string, unit: string, { state, log }: Seen): TripodError {
  if (state === "restarted") {
    const message = `the host was restarted while ${unit} ran; what it did is unknown`;
    return new TripodError("E_CONNECTION_LOST", message, { host, hint: READ_ANEW });
  }
  const hint = `Was it stopped by hand, or was memory short? journalctl -u tripod-${unit}, and dmesg, may say.`;
  return failed(host, `${unit} was killed before its end`, { code: 137, stdout: log, stderr: "" }, hint);
}

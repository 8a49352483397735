import { randomBytes } from "node:crypto";
import { isAway, TripodError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import type { Connection, Result } from "./connection.ts";
import { bytesOf } from "./exchange.ts";
import { failed } from "./failed.ts";
import { READ_WITHIN } from "./limits.ts";
import { RUN_AGAIN } from "./refused.ts";
import { ENVIRONMENT, quote, takeBytes } from "./shell.ts";

export interface LongCommand {
  /** Names the systemd unit, `tripod-<unit>.service`, and the files in /run/tripod. */
  readonly unit: string;
  /** A POSIX shell script. */
  readonly command: string;
  /** Goes to its stdin: a file in /run (0600, a tmpfs) that is removed before the command starts. */
  readonly input?: string | Buffer | Secret;
  /** Where a unit of this name runs another command, as one of another version of Tripod, the call waits for its end, and then starts this one. */
  readonly exact?: boolean;
  /** Deadline, ms; default 15 min. */
  readonly within?: number;
}

/** How much of the end of its log is read, bytes. */
const LOG = 2 ** 20;

/** How the caller waits and shows progress; a resource's `Working` is one. */
export interface Waiting {
  progress(text: string): void;
  wait(condition: {
    readonly title: string;
    readonly within: number;
    holds(signal: AbortSignal): Promise<true | string>;
  }): Promise<unknown>;
}

/**
 * Runs a command that a lost connection must neither kill nor start twice, in its own systemd unit. If that unit is already running
 * (an earlier run was killed), Tripod waits for it instead. The wait continues while the host does not answer.
 * @returns its exit code, and in `stdout` its output, at most the last MiB: stdout and stderr as in its log `/run/tripod/<unit>.log`
 * @throws E_COMMAND if it cannot be started or was killed; E_CONNECTION_LOST if the host was restarted meanwhile: its outcome is
 * unknown; what `wait` throws
 */
export async function runLong(connection: Connection, long: LongCommand, waiting: Waiting): Promise<Result> {
  const { unit, within = 15 * 60_000 } = long;
  if (!/^[\w.-]+$/.test(unit)) throw new TripodError("E_INTERNAL", `not a valid unit name: ${unit}`);
  const start = starting(connection, long);
  // Safe to call twice: the second call finds the first by its id.
  let started = await start().catch((error: unknown) => {
    if (isAway(error) && error.code === "E_CONNECTION_LOST") return false;
    throw error;
  });
  let result: Result | undefined;
  // Stored, not thrown: the wait continues after an E_CONNECTION_LOST, but this one must end.
  let early: TripodError | undefined;
  let last: string | undefined;
  const holds = async (signal: AbortSignal) => {
    let unitState: UnitState;
    try {
      if (!started) started = await start(signal);
      if (!started) return `another ${unit} is running, of an earlier run`;
      unitState = await readUnit(connection, unit, signal);
    } catch (error) {
      if (isAway(error)) return `the host does not answer: ${error.message}`;
      throw error;
    }
    if (unitState.state === "killed" || unitState.state === "restarted") {
      early = endedEarly(connection.name, unit, unitState);
      return true;
    }
    if (unitState.state === "ended") {
      result = { code: unitState.code, stdout: unitState.log, stderr: "" };
      return true;
    }
    const line = lastOutput(unitState.log) ?? "it is running, without output so far";
    if (line !== last) waiting.progress(line);
    return (last = line);
  };
  await waiting.wait({ title: `${unit} ends`, within, holds });
  if (early) throw early as Error;
  if (!result)
    throw new TripodError("E_INTERNAL", `the wait for ${unit} ended before it did`, { host: connection.name });
  return result;
}

/** A script that only reads: its exit code is 0 while this unit's long command runs, whoever started it. */
export function stillRuns(unit: string): string {
  return `{ [ ! -e /run/tripod/${unit}.exit ] && systemctl --quiet is-active tripod-${unit}.service; }`;
}

/** Starts the unit, unless it is running already or this very call has started it before. False: it runs another command. */
function starting(connection: Connection, { unit, command, input = "", exact = false }: LongCommand) {
  const id = randomBytes(8).toString("hex");
  const content = bytesOf(input);
  const text = unitScript(unit, command);
  const other = exact ? `[ "$(cat ${unit}.sh)" = ${quote(text)} ] || echo other; ` : "";
  const script = [
    "umask 077",
    "mkdir -p /run/tripod && cd /run/tripod || exit",
    // A first call continues after its connection is lost: the second waits for it here.
    `exec 9>${unit}.lock && flock 9 || exit`,
    `[ "$(cat ${unit}.id 2>/dev/null)" != ${id} ] || exit 0`,
    `case $(systemctl is-active tripod-${unit}.service) in active|activating|deactivating)`,
    // A unit that has written its exit code has ended, even if systemd is still cleaning up.
    `  [ -e ${unit}.exit ] || { ${other}exit 0; }; systemctl stop tripod-${unit}.service 2>/dev/null;; esac`,
    `rm -f ${unit}.exit ${unit}.pid`,
    `${takeBytes(content.length)} >${unit}.in && [ "$(wc -c <${unit}.in)" -eq ${content.length} ] || exit`,
    `printf %s ${quote(text)} >${unit}.sh && : >${unit}.log || exit`,
    `systemd-run --quiet --collect --unit=tripod-${unit} /bin/sh /run/tripod/${unit}.sh || { code=$?; rm -f ${unit}.in; exit $code; }`,
    `echo ${id} >${unit}.id`,
  ].join("\n");
  return async (signal?: AbortSignal) => {
    const result = await connection.run(script, { input: content, signal, within: READ_WITHIN });
    if (result.code !== 0) throw failed(connection.name, `could not start ${unit} as a systemd unit`, result);
    return result.stdout !== "other\n";
  };
}

/** The command in a subshell, so that its exit code is always recorded, and atomically. */
function unitScript(unit: string, command: string): string {
  return [
    "cd /run/tripod && umask 077 || exit",
    `echo $$ >${unit}.pid`,
    `exec <${unit}.in >${unit}.log 2>&1`,
    `rm -f ${unit}.in`,
    `( export HOME=/root ${ENVIRONMENT}; cd /; umask 022; eval ${quote(command)}`,
    `); echo $? >${unit}.code; mv -f ${unit}.code ${unit}.exit`,
  ].join("\n");
}

interface UnitState {
  readonly state: "runs" | "ended" | "killed" | "restarted";
  /** Its exit code, once it has ended. */
  readonly code: number;
  /** Complete once it has ended, until then the last lines. */
  readonly log: string;
}

async function readUnit(connection: Connection, unit: string, signal: AbortSignal): Promise<UnitState> {
  const script = [
    "cd /run/tripod 2>/dev/null || { echo restarted; exit; }",
    `ended() { [ ! -e ${unit}.exit ] || { echo ended $(cat ${unit}.exit); tail -c ${LOG} ${unit}.log; exit; }; }`,
    "ended; state=runs",
    // The kernel answers faster than systemd, which is asked only if the process does not exist (yet).
    `{ read -r pid <${unit}.pid && kill -0 "$pid"; } 2>/dev/null || systemctl --quiet is-active tripod-${unit}.service ||`,
    `  { ended; state=killed; [ -e ${unit}.sh ] || state=restarted; }`,
    `echo $state; tail -n 5 ${unit}.log 2>/dev/null | tail -c 65536`,
  ].join("\n");
  const { stdout } = await connection.run(script, { signal, within: READ_WITHIN });
  const [, ended, code, other, log = ""] = /^(?:(ended) (\d+)|(runs|killed|restarted))\n([^]*)$/.exec(stdout) ?? [];
  // A read that was cut short has no state: it is read again.
  return { state: (ended ?? other ?? "runs") as UnitState["state"], code: Number(code), log };
}

/** The last non-empty line, without control characters. */
function lastOutput(log: string): string | undefined {
  const lines = log.split(/[\r\n]/).map((line) => line.replace(/\p{Cc}/gu, " ").trim());
  return lines.findLast(Boolean);
}

function endedEarly(host: string, unit: string, { state, log }: UnitState): TripodError {
  if (state === "restarted") {
    const message = `the host was restarted while ${unit} ran; what it did is unknown`;
    return new TripodError("E_CONNECTION_LOST", message, { host, hint: RUN_AGAIN });
  }
  const hint = `find out who stopped it, or whether memory ran out: journalctl -u tripod-${unit}; dmesg`;
  return failed(host, `${unit} was killed before it ended`, { code: 137, stdout: log, stderr: "" }, hint);
}

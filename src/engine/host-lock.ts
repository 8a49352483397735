import { PassThrough } from "node:stream";
import type { Connection } from "../remote/connection.ts";
import { failed } from "../remote/failed.ts";
import { tooLong } from "../remote/limits.ts";
import { quote } from "../remote/shell.ts";

/** The current owner of a cluster's lock. */
export interface LockOwner {
  /** `anna@laptop:4711`: user, machine and process of the operator. No spaces. */
  readonly name: string;
  readonly command: string;
  /** How long ago it was acquired, s, by the host's clock. */
  readonly age: number;
}

export interface LockRequest extends Pick<LockOwner, "name" | "command"> {
  /** Unique for each acquired lock. */
  readonly id: string;
  /** The name of an owner whose lock is to be removed. */
  readonly breakLock: string | undefined;
}

/** The acquired lock of one host. */
export interface HostLock {
  /** Resolves when it is lost: released, expired, removed by another operator, or its connection broke. */
  readonly lost: Promise<void>;
  /** Sends a heartbeat. */
  heartbeat(): void;
  release(): Promise<void>;
}

/** An owner without a heartbeat for this long is considered dead, s. */
const SILENCE = 60;

/** Time limit for a host to report whether it granted the lock, ms; its script waits 2 s at most. */
const ANSWER_WITHIN = 30_000;

/** As old as a date can be written, s: a host may report anything. */
const LONGEST_AGE = 1e9;

/**
 * Acquires the lock of one host: a process there keeps `flock` on /run/tripod/lock while heartbeats arrive on its stdin. It is
 * released when our channel closes, for whatever reason, and expires when the channel is open but silent (a sleeping laptop, a
 * pulled cable): no lock outlives its owner by more than a minute.
 * @throws E_CONNECTION_LOST, E_UNREACHABLE; E_COMMAND if the host cannot keep a lock, or does not report whether it does
 */
export function lockHost(
  connection: Connection,
  request: LockRequest,
  within = ANSWER_WITHIN,
): Promise<HostLock | LockOwner> {
  const heartbeats = new PassThrough();
  const unanswered = new AbortController();
  let answered = false;
  AbortSignal.timeout(within).addEventListener("abort", () => {
    if (!answered) unanswered.abort(tooLong({ host: connection.name, script: script(request) }, within));
  });
  return new Promise((resolve, reject) => {
    const run = connection.run(script(request), {
      input: heartbeats,
      signal: unanswered.signal,
      listen: (stdout) => {
        if (stdout !== "taken\n") return;
        answered = true;
        resolve({ lost, heartbeat: () => heartbeats.write("."), release });
      },
    });
    const lost = run.then(
      () => undefined,
      () => undefined,
    );
    const release = () => {
      heartbeats.end();
      return lost;
    };
    run.then((result) => {
      const [, age = "", name = "", command = ""] = /^held (-?\d+) (\S+) ?(.*)$/m.exec(result.stdout) ?? [];
      if (name) resolve({ name, command, age: Math.min(Math.max(0, Number(age)), LONGEST_AGE) });
      else reject(failed(connection.name, "cannot hold the cluster's lock", result));
    }, reject);
  });
}

/** /run/tripod/lock.owner names the owner, who holds the lock only while its process has /run/tripod/lock open. */
function script({ id, name, command, breakLock = "" }: LockRequest): string {
  return `umask 077
mkdir -p /run/tripod && cd /run/tripod && exec 9>>lock || exit
held() {
  { read -r pid since id name && read -r command; } 2>/dev/null <lock.owner && [ "$(readlink "/proc/$pid/fd/9")" = "$PWD/lock" ]
}
if ! flock -n 9; then
  # A lock with our id is left over from a connection that broke before this host noticed.
  held && { [ "$id" = ${id} ] || [ "$name" = ${quote(breakLock)} ]; } && kill "$pid"
  # A process that was just killed exits within a moment, even on a busy host.
  if ! flock -w 2 9; then
    now=$(date +%s)
    held || { name=somebody; since=$now; command=; }
    printf '%s\\n' "held $((now - since)) $name $command"
    exit
  fi
fi
printf '%s\\n' "$$ $(date +%s) ${id} "${quote(name)} ${quote(command)} >lock.$$ && mv lock.$$ lock.owner || exit
echo taken
while [ -n "$(exec timeout ${SILENCE} dd bs=64 count=1 status=none 2>/dev/null 9>&-)" ]; do :; done`;
}

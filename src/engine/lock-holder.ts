import { PassThrough } from "node:stream";
import type { Connection } from "../remote/connection.ts";
import { failed } from "../remote/failed.ts";
import { tooLong } from "../remote/limits.ts";
import { quote } from "../remote/shell.ts";

/** Who holds the lock of a cluster. */
export interface Holder {
  /** `anna@laptop:4711`: user, machine and process of the operator. No spaces. */
  readonly name: string;
  readonly command: string;
  /** How long ago it was taken, s, by the host's own clock. */
  readonly age: number;
}

export interface Claim extends Pick<Holder, "name" | "command"> {
  /** One of its own for each lock that is taken. */
  readonly id: string;
  /** The name of a holder whose lock is to be taken away. */
  readonly breakLock: string | undefined;
}

/** The lock of one host, as long as it is ours. */
export interface Hold {
  /** Resolves when it is ours no more: given back, lapsed, taken away, or its connection broke. */
  readonly over: Promise<void>;
  /** Says that we are still there. */
  beat(): void;
  release(): Promise<void>;
}

/** Not heard from for so long, a holder is held for dead, s. */
const SILENCE = 60;

/** A host says within this whether the lock is ours, ms: it waits for 2 s itself at most. */
const ANSWER_WITHIN = 30_000;

/**
 * Takes the lock of one host: a process there keeps `flock` on /run/tripod/lock for as long as it hears from us over its stdin. It
 * ends with our channel, however that ends, and lapses where the channel stands but nobody speaks any more (a laptop asleep, a cable
 * pulled): no lock outlives its owner by more than a minute.
 * @throws E_CONNECTION_LOST, E_UNREACHABLE; E_COMMAND where the host cannot keep a lock, or does not say whether it does
 */
export function seize(connection: Connection, claim: Claim, within = ANSWER_WITHIN): Promise<Hold | Holder> {
  const beats = new PassThrough();
  const unanswered = new AbortController();
  let answered = false;
  AbortSignal.timeout(within).addEventListener("abort", () => {
    if (!answered) unanswered.abort(tooLong({ host: connection.name, script: script(claim) }, within));
  });
  return new Promise((resolve, reject) => {
    const run = connection.run(script(claim), {
      input: beats,
      signal: unanswered.signal,
      listen: (stdout) => {
        if (stdout !== "taken\n") return;
        answered = true;
        resolve({ over, beat: () => beats.write("."), release });
      },
    });
    const over = run.then(
      () => undefined,
      () => undefined,
    );
    const release = () => {
      beats.end();
      return over;
    };
    run.then((result) => {
      const [, age = "", name = "", command = ""] = /^held (-?\d+) (\S+) ?(.*)$/m.exec(result.stdout) ?? [];
      if (name) resolve({ name, command, age: Math.max(0, Number(age)) });
      else reject(failed(connection.name, "it cannot keep the cluster's lock", result));
    }, reject);
  });
}

/** /run/tripod/lock.owner says who holds the lock; who it names holds it only while its process has /run/tripod/lock open. */
function script({ id, name, command, breakLock = "" }: Claim): string {
  return `umask 077
mkdir -p /run/tripod && cd /run/tripod && exec 9>>lock || exit
held() {
  { read -r pid since id name && read -r command; } 2>/dev/null <lock.owner && [ "$(readlink "/proc/$pid/fd/9")" = "$PWD/lock" ]
}
if ! flock -n 9; then
  # Ours is one whose connection broke before this end of it noticed.
  held && { [ "$id" = ${id} ] || [ "$name" = ${quote(breakLock)} ]; } && kill "$pid"
  # Who has been killed just now is gone in a moment, on a busy host too.
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

import { PassThrough, type Readable } from "node:stream";
import type { Host } from "../host.ts";
import { failed } from "../remote/failed.ts";
import { quote } from "../remote/shell.ts";
import type { Disruption } from "./scenario.ts";

export interface Script {
  /** `tripod-drill-<name>` is the systemd timer that undoes it. */
  readonly name: string;
  readonly what: string;
  /** A POSIX shell script; its exit code is not 0 where it failed. */
  readonly disrupt: string;
  /** Undoes it, also where it was done in part, or is undone already. */
  readonly undo: string;
}

const FOLDER = "/run/tripod/drill";

/**
 * A disruption on a host that is undone there even if Tripod or the network fails. Before anything is broken, a systemd timer is started that
 * runs `undo` after `undoneAfter` ms, and a process on the host that runs it as soon as our connection is lost. After a restart of the host
 * neither exists any more, and neither does the disruption.
 */
export function scriptedDisruption(host: Host, { name, what, disrupt, undo }: Script, undoneAfter: number): Disruption {
  const unit = `tripod-drill-${name}`;
  const file = `${FOLDER}/${name}.sh`;
  // The timer is stopped last: if this fails half way, the timer does the rest.
  const restore = `[ ! -e ${file} ] || sh ${file} || exit\nsystemctl stop ${unit}.timer 2>/dev/null; rm -f ${file}`;
  const lifeline = new PassThrough();
  return {
    what,
    victims: [host],
    async begin() {
      const script = [
        `umask 077; mkdir -p ${FOLDER} && printf %s ${quote(undo)} >${file} || exit`,
        `systemd-run --quiet --collect --unit=${unit} --on-active=${undoneAfter}ms --timer-property=AccuracySec=100ms /bin/sh ${file} || exit`,
        `systemctl --quiet is-active ${unit}.timer || { echo "the timer that undoes it is not running" >&2; exit 1; }`,
        disrupt,
      ].join("\n");
      void restoreOnDisconnect(host, lifeline, restore);
      const result = await host.connection.run(script);
      if (result.code !== 0) throw failed(host.name, `disruption failed: ${what}`, result);
    },
    async end(signal) {
      const result = await host.connection.run(restore, { signal });
      if (result.code !== 0) throw failed(host.name, `disruption could not be undone: ${what}`, result);
      lifeline.end();
    },
  };
}

/** Blocks on the host until our end of the connection is closed. A lost connection is what it waits for, not an error. */
async function restoreOnDisconnect({ connection }: Host, lifeline: Readable, restore: string): Promise<void> {
  await connection
    .run(`cat >/dev/null\n${restore}`, { input: lifeline, listen: () => undefined })
    .catch(() => undefined);
}

/** A read-only script: prints the timers of disruptions that are active on a host, for instance of a killed drill. */
export const ARMED_TIMERS =
  "systemctl list-units --plain --no-legend --state=active 'tripod-drill-*.timer' | cut -d' ' -f1";

import { PassThrough, type Readable } from "node:stream";
import type { Host } from "../host.ts";
import { failed } from "../remote/failed.ts";
import { quote } from "../remote/shell.ts";
import type { Disruption } from "./scenario.ts";

export interface Script {
  /** `tripod-drill-<name>` is the systemd timer that undoes it. */
  readonly name: string;
  readonly what: string;
  /** A POSIX shell script; fails where it could not be done. */
  readonly disrupt: string;
  /** Undoes it, also where it was done in part, or twice. */
  readonly undo: string;
}

const FOLDER = "/run/tripod/drill";

/**
 * A disruption on a host that undoes itself, whatever becomes of Tripod and of the network. Before anything is broken, systemd there is
 * told to run `undo` after `undoneAfter` ms; and a process of ours on the host runs it as soon as our connection ends, should it end before
 * we have. A host that is restarted has forgotten both, and the disruption as well.
 */
export function scriptedDisruption(host: Host, { name, what, disrupt, undo }: Script, undoneAfter: number): Disruption {
  const unit = `tripod-drill-${name}`;
  const file = `${FOLDER}/${name}.sh`;
  // The timer goes last: should this fail half way, it will do the rest.
  const putRight = `[ ! -e ${file} ] || sh ${file} || exit\nsystemctl stop ${unit}.timer 2>/dev/null; rm -f ${file}`;
  const leash = new PassThrough();
  return {
    what,
    victims: [host],
    async begin() {
      const script = [
        `umask 077; mkdir -p ${FOLDER} && printf %s ${quote(undo)} >${file} || exit`,
        `systemd-run --quiet --collect --unit=${unit} --on-active=${undoneAfter}ms --timer-property=AccuracySec=100ms /bin/sh ${file} || exit`,
        `systemctl --quiet is-active ${unit}.timer || { echo "the timer that would undo it does not run" >&2; exit 1; }`,
        disrupt,
      ].join("\n");
      void holdOn(host, leash, putRight);
      const result = await host.connection.run(script);
      if (result.code !== 0) throw failed(host.name, `could not be done: ${what}`, result);
    },
    async end(signal) {
      const result = await host.connection.run(putRight, { signal });
      if (result.code !== 0) throw failed(host.name, `could not be undone: ${what}`, result);
      leash.end();
    },
  };
}

/** Reads from us until there is nobody left to read from. That the connection is lost is what it waits for, and no error. */
async function holdOn({ connection }: Host, leash: Readable, putRight: string): Promise<void> {
  await connection.run(`cat >/dev/null\n${putRight}`, { input: leash, listen: () => undefined }).catch(() => undefined);
}

/** A script that only reads: names the disruptions of a drill, killed perhaps, that are still to be undone on a host. */
export const ARMED_TIMERS =
  "systemctl list-units --plain --no-legend --state=active 'tripod-drill-*.timer' | cut -d' ' -f1";

import type { Host } from "../../host.ts";
import type { Scenario } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";
import { otherThan } from "./victims.ts";

const DATA = "/var/lib/etcd";

/** The ballast is in a folder that root owns: in etcd's own folder, etcd could replace it by a link to something else. */
const FOLDER = `${DATA}/tripod-drill`;

/** Prints why the file system is not etcd's alone; empty where all of it is mounted here, and its device nowhere else. */
const SHARED = [
  `mounted=$(findmnt -n -o TARGET -T ${DATA})`,
  `source=$(findmnt -n -o SOURCE -T ${DATA})`,
  `[ "$mounted" = ${DATA} ] || { echo "it is part of the file system at $mounted"; exit; }`,
  `case $source in *\\[*) echo "it is a part of $source"; exit;; esac`,
  `[ "$(findmnt -n -o TARGET -S "$source" | sort -u | wc -l)" = 1 ] || echo "$source is mounted elsewhere too"`,
].join("\n");

export const diskFull: Scenario = {
  name: "disk-full",
  title: "disk of an etcd member full",
  usual: false,
  lasts: [15_000, 25_000],
  prepare: async ({ masters, holder }, undoneAfter) => {
    const victim: Host = otherThan(masters, await holder()) ?? (await holder());
    const shared = (await victim.read(SHARED)).stdout.trim();
    if (shared) return `${DATA} on ${victim.name} is not a dedicated file system: ${shared}`;
    return scriptedDisruption(
      victim,
      {
        name: "disk-full",
        what: `${DATA} on ${victim.name} full`,
        // Most of it at once, and the rest bit by bit: the file system needs some space for itself.
        disrupt: [
          `free() { df --output=avail -B1 ${DATA} | tail -n 1; }`,
          `rm -rf ${FOLDER} && mkdir -m 700 ${FOLDER} && cd -P ${FOLDER} || exit`,
          // If etcd was quicker and has put a link there, this is not the folder that was created.
          `[ "$(stat -c '%u %a %d' .)" = "0 700 $(stat -c %d ${DATA})" ] || { echo "${FOLDER} was replaced" >&2; exit 1; }`,
          `fallocate -l "$(($(free) - 16777216))" ballast || exit`,
          // Delayed allocation and etcd itself give blocks back for a moment: what became free is filled again.
          `for round in 1 2 3 4 5 6 7 8 9 10; do`,
          `  cat /dev/zero >>ballast 2>/dev/null; sync ballast 2>/dev/null`,
          `  [ "$(free)" -ge 65536 ] || exit 0`,
          `done`,
          `echo "$(free) bytes are still free" >&2; exit 1`,
        ].join("\n"),
        undo: `rm -rf ${FOLDER}; systemctl reset-failed etcd 2>/dev/null; systemctl start etcd`,
      },
      undoneAfter,
    );
  },
};

import type { Check } from "./check.ts";

/** ms; etcd's own advice is that the 99th percentile stays below 10 (etcd.io/docs, "Hardware recommendations" and "FAQ"). */
const SLOW = 10;
const TOO_SLOW = 100;

/**
 * For a second, 2000 writes at most, each of the size of an entry of etcd's log and each on the disk before the next (O_DSYNC); dd prints
 * how many, and how long they took. The file has no name any more when the first is written, so that nothing is left behind, whatever
 * happens. Nothing is measured where a member has data: it may be running.
 */
const SCRIPT = `[ ! -d /var/lib/etcd/member ] || exit 0
folder=/var/lib/etcd
[ -d "$folder" ] || folder=/var/lib
file=$(mktemp "$folder/.tripod-disk-XXXXXX") || exit 0
exec 9<>"$file"
rm -f "$file"
fallocate -l 5M /proc/self/fd/9 2>/dev/null
timeout -s INT 1 dd if=/dev/zero of=/proc/self/fd/9 bs=2300 count=2000 oflag=dsync conv=notrunc 2>&1
true`;

/** The mean: percentiles need the time of each write, which no standard program prints. A disk with a bad mean has a worse percentile. */
export const diskLatency: Check = {
  name: "etcd-disk",
  title: `A new master's disk writes an entry of etcd's log in ${TOO_SLOW} ms at most, on average (above ${SLOW} ms: a warning)`,
  async examine(host, { existing, mode }) {
    // A plan writes nothing at all.
    if (host.machine.role !== "master" || existing.clusterExists || mode === "plan") return [];
    const { stdout } = await host.read(SCRIPT);
    const writes = Number(/^(\d+)\+\d+ records out$/m.exec(stdout)?.[1]);
    const seconds = Number(/ copied, ([\d.e-]+) s,/.exec(stdout)?.[1]);
    const mean = (seconds * 1000) / Math.max(writes, 1);
    if (!(mean > SLOW)) return [];
    return [
      {
        warning: mean <= TOO_SLOW,
        message: `a write to the disk of /var/lib/etcd takes ${Math.round(mean)} ms on average; etcd needs less than ${SLOW}`,
        why: `${writes} writes of 2300 bytes with O_DSYNC in ${seconds} s`,
        hint: "put /var/lib/etcd on a faster disk (an SSD; a mount or a link will do), or let nothing else write to this one; with a higher `etcd.heartbeat` and `etcd.election`, add etcd-disk to `preflight.tolerate`",
      },
    ];
  },
};

import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import type { LabStory } from "./lab-story.ts";
import { eventsOf, tripod, tripodMust } from "./tripod.ts";

const MASTERS = ["m1", "m2", "m3"];
/** `inventories/lab.yaml`'s. */
const VIP = "10.66.0.10";
const BARE = "bare";
const WATCH = "systemd-run --quiet --unit=watch-vip sh -c 'exec ip -4 monitor address dev eth0 >/run/vip-moves'";

/** What came of one bring-up from bare machines. */
export interface Founding {
  readonly busy: boolean;
  readonly code: number;
  readonly ms: number;
  /** How often the VIP came or went on a master, after the first master had taken it. */
  readonly moves: number;
  /** Of kubeadm that was run again because it had lost its connection. */
  readonly again: number;
  readonly stderr: string;
}

/** Keeps the lab's machines as they are now, to found clusters on them again and again. */
export async function keepBare(lab: LabStory): Promise<void> {
  // Snapshots outlive their lab: an earlier one may be of other machines.
  await tripod("lab", "forget", BARE, "-i", lab.inventory);
  await tripodMust("lab", "save", BARE, "-i", lab.inventory);
}

/** A bring-up on the machines that were kept; `busy`: with every core of this machine kept busy by something else. */
export async function found(lab: LabStory, busy: boolean): Promise<Founding> {
  await tripodMust("lab", "restore", BARE, "-i", lab.inventory);
  const load = busy ? Array.from({ length: availableParallelism() }, burn) : [];
  try {
    let ms = 0;
    let said = { code: 1, stdout: "", stderr: "" };
    const moves = await watchingVip(lab, async () => {
      const startedAt = performance.now();
      said = await tripod("apply", "--yes", "--lab", "-i", lab.inventory, "--json");
      ms = Math.round(performance.now() - startedAt);
    });
    const again = eventsOf(said.stdout).filter(
      (event) => event.type === "progress" && event.text.includes("it is run again"),
    ).length;
    return { busy, code: said.code, ms, moves, again, stderr: said.stderr };
  } finally {
    for (const each of load) each.kill("SIGKILL");
  }
}

/** How often the VIP came or went on a master while a cluster was founded, after the first master had taken it. */
export async function watchingVip(lab: LabStory, founding: () => Promise<unknown>): Promise<number> {
  await Promise.all(MASTERS.map((master) => lab.on(master, WATCH)));
  await founding();
  const stop = "systemctl stop watch-vip 2>/dev/null; cat /run/vip-moves";
  const moves = await Promise.all(MASTERS.map((master) => lab.on(master, stop)));
  const seen = moves
    .join("\n")
    .split("\n")
    .filter((line) => line.includes(` ${VIP}/`)).length;
  return Math.max(0, seen - 1);
}

/** One core, for as long as it lives; never longer than this process. */
function burn(): ChildProcess {
  return spawn(
    "sh",
    ["-c", `while kill -0 ${process.pid}; do n=0; while [ $n -lt 100000 ]; do n=$((n + 1)); done; done`],
    {
      stdio: "ignore",
    },
  );
}

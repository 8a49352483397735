import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tracesOf } from "./lab.ts";

export type Found = Readonly<Record<string, readonly string[]>>;

/** What is different now: `+ mounts: …`, `- routes: …`. What labs share is left out while others stand, or stood. */
export function changesSince(before: Found, lab: string): string[] {
  const now = asFound(lab);
  const others = [...(before.others ?? []), ...(now.others ?? [])].length > 0;
  const only = (sign: string, here: Found, there: Found): string[] =>
    Object.entries(here).flatMap(([kind, all]) =>
      all.filter((line) => !there[kind]?.includes(line)).map((line) => `${sign} ${kind}: ${line}`),
    );
  return [...only("-", before, now), ...only("+", now, before)].filter(
    (line) => !/^. others: /.test(line) && !(others && /^. (settings: fs\/inotify|remembered: )/.test(line)),
  );
}

/**
 * All that a lab could leave changed on the operator's machine, line by line: interfaces, addresses, routes, kernel settings, packet filters,
 * mounts, control groups, loop devices, and processes that carry the lab's name. What other labs that come and go meanwhile have of it is
 * left out.
 */
export function asFound(lab: string): Found {
  return {
    interfaces: said("ip", "-o", "link"),
    addresses: said("ip", "-o", "address").map((line) => line.replace(/valid_lft.*/, "")),
    routes: said("ip", "route", "show", "table", "all"),
    rules: said("ip", "rule"),
    settings: settings(),
    filters: [...said("iptables-save"), ...said("nft", "list", "ruleset")].filter((line) => !line.startsWith("#")),
    mounts: lines("/proc/self/mountinfo")
      .map((line) => line.replace(/^\d+ \d+ /, ""))
      .filter(notOfOthers(lab)),
    namespaces: list("/run/netns").filter(notOfOthers(lab)),
    groups: controlGroups().filter(notOfOthers(lab)),
    disks: said("losetup", "--list", "--noheadings", "--output=BACK-FILE").filter(notOfOthers(lab)),
    remembered: list("/run/tripod"),
    others: list("/run/netns").filter((name) => name.startsWith("tripod.") && name !== `tripod.${lab}`),
    traces: tracesOf(lab),
  };
}

/** Of the kernel, by their path under /proc/sys: all of the network's, and those that a kubelet and a lab might change. */
function settings(): string[] {
  const trees = ["net", "fs/inotify", "kernel/keys", "vm"].map((tree) => join("/proc/sys", tree));
  const files = trees.flatMap((tree) =>
    readdirSync(tree, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    ),
  );
  const more = ["panic", "panic_on_oops", "hostname", "core_pattern"].map((name) => join("/proc/sys/kernel", name));
  return [...files, ...more]
    .filter((file) => !/count$|fib_|random|stat_refresh/.test(file))
    .map((file) => `${file.slice("/proc/sys/".length)} = ${lines(file).join(" ")}`);
}

/** At the top of every hierarchy. LXC's waiting room goes with whoever is the last to leave it. */
function controlGroups(): string[] {
  const hierarchies = lines("/proc/self/mountinfo").filter((line) => / - cgroup2? /.test(line));
  return hierarchies
    .map((line) => line.split(" ")[4] ?? "")
    .flatMap((hierarchy) => readdirSync(hierarchy, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name !== "lxc.pivot")
    .map((entry) => join(entry.parentPath, entry.name));
}

const OTHERS = /tripod\.([a-z0-9-]+)|labs\/([a-z0-9-]+)/;

function notOfOthers(lab: string): (line: string) => boolean {
  return (line) => {
    const [, group, folder] = OTHERS.exec(line) ?? [];
    return (group ?? folder ?? lab) === lab;
  };
}

function said(program: string, ...args: string[]): string[] {
  return ((spawnSync(program, args, { encoding: "utf8" }).stdout as string | null) ?? "").split("\n");
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n");
  } catch {
    return [];
  }
}

import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import { local } from "./local.ts";

/** Settings that the kubelet writes if their values differ (its `setupKernelTunables`). They are not namespaced. */
const KUBELET_SETTINGS = [
  ...["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"],
  ...["kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"],
];

/** /proc/swaps of a machine without swap: hosts cannot switch off this machine's swap, and the kubelet would refuse to start with it. */
const NO_SWAP = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

/**
 * Copies of kernel files for a host: its writes go to the copies, and it does not see values that concern only this machine. Written to a
 * folder, each with its path on the host.
 */
export async function hostKernelFiles(folder: string): Promise<{ source: string; target: string }[]> {
  await mkdir(folder, { recursive: true });
  const settings = KUBELET_SETTINGS.filter((name) => existsSync(join("/proc/sys", name)));
  const copies = settings.map((name) => [`sys/${name}`, readFileSync(join("/proc/sys", name), "utf8")] as const);
  const files = existsSync("/proc/swaps") ? [...copies, ["swaps", NO_SWAP] as const] : copies;
  return Promise.all(
    files.map(async ([name, text]) => {
      const source = join(folder, name.replaceAll("/", "."));
      await writeFile(source, text);
      return { source, target: `proc/${name}` };
    }),
  );
}

/**
 * A folder for the hosts' /usr/lib/modules: this machine's own, or, for a kernel without loadable modules, one that lists the built-in
 * modules, so that modprobe succeeds.
 * @param base where to create the latter
 * @param rootfs whose depmod is used
 */
export async function modulesFolder(base: string, rootfs: string): Promise<string> {
  const own = "/usr/lib/modules";
  if (existsSync(join(own, release()))) return own;
  const modules = join(base, "lib/modules");
  const folder = join(modules, release());
  await mkdir(folder, { recursive: true });
  const names = await builtInModules();
  await writeFile(join(folder, "modules.builtin"), names.map((name) => `kernel/${name}.ko\n`).join(""));
  await writeFile(join(folder, "modules.order"), "");
  const inRootfs = 'mount --bind "$1" "$2/mnt" && exec chroot "$2" depmod --basedir /mnt "$3"';
  await local(["unshare", "--mount", "--propagation", "private", "sh", "-c", inRootfs, "sh", base, rootfs, release()], {
    failing: "listing the kernel's modules for the hosts failed",
  });
  return modules;
}

/** /sys/module lists only built-in modules with parameters; the others that a node needs are detected in other ways. */
async function builtInModules(): Promise<string[]> {
  const shown = await readdir("/sys/module");
  const filesystems = (await readFile("/proc/filesystems", "utf8")).split(/\s+/);
  const bridge = existsSync("/proc/sys/net/bridge") ? ["br_netfilter"] : [];
  const overlay = filesystems.includes("overlay") ? ["overlay"] : [];
  return [...new Set([...shown, ...bridge, ...overlay])].sort();
}

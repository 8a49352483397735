import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { release as kernelRelease } from "node:os";
import { basename, join } from "node:path";
import { cached, discard, type Progress } from "../lab/cache.ts";
import { isolated } from "../lab/isolated.ts";
import { hostKernelFiles, modulesFolder } from "../lab/kernel.ts";
import { local } from "../lab/local.ts";
import { requirePrograms, requireRoot } from "../lab/programs.ts";
import type { DebianRelease } from "../lab/release.ts";
import { rootFileSystem } from "../lab/rootfs.ts";
import { labScript, labScriptText } from "../lab/scripts.ts";
import { render } from "../render/render.ts";
import { runVagrant } from "./command.ts";

export interface BoxOptions extends Progress {
  readonly release?: DebianRelease;
  /** Installs missing Debian packages on the operator's machine. */
  readonly install?: boolean;
}

/**
 * Creates an LXC box from the lab's root file system with all packages of a node, and adds it to Vagrant.
 * @returns its name in Vagrant: `tripod/bookworm-lxc`
 * @throws TripodError E_LAB, E_LOCAL
 */
export async function addBox({ release = "bookworm", install = false, ...work }: BoxOptions): Promise<string> {
  requireRoot();
  await requirePrograms(install, work);
  const name = `tripod/${release}-lxc`;
  const box = await boxFile(release, work);
  work.progress(`adding ${name} to Vagrant`);
  await runVagrant(["box", "add", "--force", "--provider=lxc", `--name=${name}`, box], { signal: work.signal });
  return name;
}

const FINISH = "finish-box.sh";

/** The folder in a machine with copies of kernel settings, which LXC mounts over /proc. */
const KERNEL_FILES = "usr/share/lxc-kernel";

/** A bind mount of a file; paths in the machine's root file system. */
interface Bound {
  readonly source: string;
  readonly target: string;
}

/** The metadata of a box for vagrant-lxc, version 1.0.0 of its format. */
const METADATA = { provider: "lxc", version: "1.0.0" };

/** A file in the cache; its content is specified in BOXES.md of vagrant-lxc. */
async function boxFile(release: DebianRelease, work: Progress): Promise<string> {
  const { signal } = work;
  const base = await rootFileSystem(release, "ready", work);
  const modules = ownModules();
  const madeOf = [basename(base), kernelRelease(), await labScriptText(FINISH), configuration(modules, [])];
  const folder = await cached(`vagrant-${release}`, madeOf, work, async (partial) => {
    work.progress(`creating a box of Debian ${release} (about a minute, once)`);
    const parts = join(partial, "parts");
    const rootfs = join(parts, "rootfs");
    await mkdir(parts);
    await local(["cp", "--archive", "--one-file-system", base, rootfs], { signal });
    await isolated(["sh", labScript(FINISH), rootfs], {
      signal,
      failing: "finishing the box's root file system failed",
    });
    if (modules === undefined) await copyModules(join(partial, "kernel"), rootfs);
    const kernelFiles = await hostKernelFiles(join(rootfs, KERNEL_FILES));
    const inside = kernelFiles.map(({ source, target }) => ({ source: join(KERNEL_FILES, basename(source)), target }));
    await writeFile(join(parts, "lxc-config"), configuration(modules, inside));
    await writeFile(join(parts, "metadata.json"), JSON.stringify(METADATA));
    // vagrant-lxc strips two components from each path.
    const pack = ["tar", "--create", "--numeric-owner", "--xattrs", "--use-compress-program=gzip -1"];
    await local([...pack, `--file=${join(parts, "rootfs.tar.gz")}`, `--directory=${parts}`, "./rootfs"], { signal });
    await discard(rootfs);
    await local(["tar", "--create", `--file=${join(partial, "lxc.box")}`, `--directory=${parts}`, "."], { signal });
    await discard(parts);
  });
  return join(folder, "lxc.box");
}

/** The folder of the running kernel's modules; undefined for a kernel without loadable modules. */
function ownModules(): string | undefined {
  const folder = "/usr/lib/modules";
  return existsSync(join(folder, kernelRelease())) ? folder : undefined;
}

/** Copies the list of built-in modules for the machines' modprobe. */
async function copyModules(folder: string, rootfs: string): Promise<void> {
  const listed = await modulesFolder(folder, rootfs);
  await cp(listed, join(rootfs, "usr/lib/modules"), { recursive: true });
  await discard(folder);
}

/** The box's part of every machine's LXC configuration. @internal exported for its test */
export function configuration(modules: string | undefined, kernelFiles: readonly Bound[]): string {
  const bound = kernelFiles.map(({ source, target }) => ({ source, target }));
  return render("lab/box.conf", { modules: modules ?? "", kernelFiles: bound });
}

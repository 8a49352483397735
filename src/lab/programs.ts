import { existsSync } from "node:fs";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { runProgram, SEARCHED } from "../process.ts";
import { local } from "./local.ts";
import type { Progress } from "./cache.ts";

/** Programs that a lab runs on the operator's machine, and their Debian packages. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "lxc-start": "lxc",
  "ssh-keyscan": "openssh-client",
  mmdebstrap: "mmdebstrap",
  ip: "iproute2",
  zstd: "zstd",
  "mkfs.ext4": "e2fsprogs",
  "gpg-agent": "gnupg",
};

/** @throws TripodError E_LAB */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new TripodError("E_LAB", "the lab needs root to create namespaces, mounts and control groups", {
    hint: "run the command as root",
  });
}

/** @throws TripodError E_LAB if a program is missing and may not be installed */
export async function requirePrograms(install: boolean, work: Progress): Promise<void> {
  const packages = missingPackages();
  if (packages.length === 0) return;
  if (!install)
    throw new TripodError("E_LAB", `Debian packages are missing on this machine: ${packages.join(", ")}`, {
      hint: "add --install to install them",
    });
  work.progress(`installing ${packages.join(", ")}`);
  await installPackages(packages, work);
}

/** Debian starts a bridge with forwarding as soon as lxc is installed; the lab needs neither. */
const LXC_SERVICES = ["lxc-net.service", "lxc.service"];

async function installPackages(packages: readonly string[], { signal }: Progress): Promise<void> {
  const install = [
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "install",
    "--yes",
    "--no-install-recommends",
    ...packages,
  ];
  const keepQuiet = packages.includes("lxc") && existsSync("/run/systemd/system");
  if (keepQuiet) await local(["systemctl", "mask", "--runtime", ...LXC_SERVICES]);
  try {
    if ((await runProgram(install, { signal })).code === 0) return;
    await local(["apt-get", "update"], { signal, failing: "`apt-get update` failed" });
    await local(install, { signal, failing: `installing ${packages.join(", ")} failed` });
  } finally {
    if (keepQuiet) {
      await runProgram(["systemctl", "disable", ...LXC_SERVICES]);
      await local(["systemctl", "unmask", "--runtime", ...LXC_SERVICES]);
    }
  }
}

/** The Debian packages of programs that are missing in all of these folders. @internal exported for its test */
export function missingPackages(folders: readonly string[] = SEARCHED): string[] {
  const found = (program: string): boolean => folders.some((folder) => existsSync(join(folder, program)));
  return Object.entries(PROGRAMS).flatMap(([program, name]) => (found(program) ? [] : [name]));
}

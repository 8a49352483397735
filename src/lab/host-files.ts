import { chmod, chown, copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newAccounts } from "./accounts.ts";
import { keyPair } from "./keys.ts";
import type { Station } from "./topology.ts";

export interface HostFilesPlan {
  readonly station: Station;
  /** The name server's address; nothing answers there, because nothing leaves the lab. */
  readonly nameserver: string;
  /** The public key that may log in as root and as the inventory's users. */
  readonly authorized: string;
  /** The package sources, sources.list(5). */
  readonly aptSources: string;
  readonly rootfs: string;
  /** The host's own layer over the root file system. */
  readonly changes: string;
}

/** The files that an installer writes: names, network, users. */
export async function writeHostFiles(plan: HostFilesPlan): Promise<void> {
  const { station, changes, rootfs } = plan;
  const { name, ports, users } = station;
  const put = async (path: string, text: string, mode = 0o644): Promise<void> => {
    await mirrorFolder(join(changes, dirname(path)), join(rootfs, dirname(path)));
    await writeFile(join(changes, path), text, { mode });
  };
  await mirrorFolder(changes, rootfs);
  await put("etc/hostname", `${name}\n`);
  await put("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost ip6-loopback\n`);
  await put("etc/resolv.conf", `nameserver ${plan.nameserver}\noptions timeout:1 attempts:1\n`);
  await put("etc/apt/sources.list", plan.aptSources);
  await put("etc/ssh/sshd_config.d/lab.conf", ports.map((port) => `Port ${port}\n`).join(""));
  await put("root/.ssh/authorized_keys", `${plan.authorized}\n`, 0o600);
  await putUsers(
    plan,
    users.filter((user) => user !== "root"),
    put,
  );
}

/** The public key of a host's sshd, created if it is missing. */
export function hostKey(changes: string, name: string): Promise<string> {
  return keyPair(join(changes, "etc/ssh/ssh_host_ed25519_key"), name);
}

type Put = (path: string, text: string, mode?: number) => Promise<void>;

/** Ordinary users with sudo and without a password. */
async function putUsers(
  { rootfs, changes, authorized }: HostFilesPlan,
  users: readonly string[],
  put: Put,
): Promise<void> {
  const accounts = newAccounts(await readFile(join(rootfs, "etc/passwd"), "utf8"), users);
  if (accounts.length === 0) return;
  for (const file of ["passwd", "shadow", "group"] as const) {
    await copyFile(join(rootfs, "etc", file), join(changes, "etc", file));
    await copyOwner(join(rootfs, "etc", file), join(changes, "etc", file));
    await writeFile(join(changes, "etc", file), accounts.map((account) => account[file]).join(""), { flag: "a" });
  }
  // sudo ignores files with a dot in their names, and users' names may contain one.
  await put("etc/sudoers.d/lab", accounts.map(({ name }) => `${name} ALL=(ALL) NOPASSWD: ALL\n`).join(""), 0o440);
  for (const { name, id } of accounts) {
    await put(`home/${name}/.ssh/authorized_keys`, `${authorized}\n`, 0o600);
    for (const path of [`home/${name}`, `home/${name}/.ssh`, `home/${name}/.ssh/authorized_keys`])
      await chown(join(changes, path), id, id);
  }
}

/** Creates a folder of an overlay with the owner and mode of the folder below, because the host sees those of the upper one. */
export async function mirrorFolder(path: string, below: string): Promise<void> {
  const parent = dirname(path);
  const found = await stat(path).catch(() => undefined);
  if (found) return;
  if (!(await stat(parent).catch(() => undefined))) await mirrorFolder(parent, dirname(below));
  await mkdir(path);
  await copyOwner(below, path).catch(() => chmod(path, 0o755));
}

async function copyOwner(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  await chown(to, uid, gid);
  await chmod(to, mode & 0o7777);
}

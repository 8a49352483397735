import { chmod, chown, copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Machine } from "../inventory/cluster.ts";
import { newAccount } from "./accounts.ts";
import { keyPair } from "./keys.ts";

export interface HostFilesPlan {
  readonly machine: Machine;
  /** Where there is a nameserver to ask, which answers nothing: nothing leaves the lab. */
  readonly nameserver: string;
  /** Who may log in, as root and as the inventory's user. */
  readonly authorized: string;
  /** Where its packages come from, sources.list(5). */
  readonly aptSources: string;
  readonly rootfs: string;
  /** The host's own layer over the root file system. */
  readonly changes: string;
}

/** What an installer leaves on a machine: its name, its network's, its user. */
export async function writeHostFiles(plan: HostFilesPlan): Promise<void> {
  const { machine, changes, rootfs } = plan;
  const { name, ssh } = machine;
  const put = async (path: string, text: string, mode = 0o644): Promise<void> => {
    await mirrorFolder(join(changes, dirname(path)), join(rootfs, dirname(path)));
    await writeFile(join(changes, path), text, { mode });
  };
  await mirrorFolder(changes, rootfs);
  await put("etc/hostname", `${name}\n`);
  await put("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost ip6-loopback\n`);
  await put("etc/resolv.conf", `nameserver ${plan.nameserver}\noptions timeout:1 attempts:1\n`);
  await put("etc/apt/sources.list", plan.aptSources);
  await put("etc/ssh/sshd_config.d/lab.conf", `Port ${ssh.port}\n`);
  await put("root/.ssh/authorized_keys", `${plan.authorized}\n`, 0o600);
  if (ssh.user !== "root") await putUser(plan, ssh.user, put);
}

/** The public key of a host's sshd, which is made here when it is not there. */
export function hostKey(changes: string, { name }: Machine): Promise<string> {
  return keyPair(join(changes, "etc/ssh/ssh_host_ed25519_key"), name);
}

type Put = (path: string, text: string, mode?: number) => Promise<void>;

/** An ordinary user with sudo and without a password. */
async function putUser({ rootfs, changes, authorized }: HostFilesPlan, user: string, put: Put): Promise<void> {
  const account = newAccount(await readFile(join(rootfs, "etc/passwd"), "utf8"), user);
  if (!account) return;
  await put(`etc/sudoers.d/${user}`, `${user} ALL=(ALL) NOPASSWD: ALL\n`, 0o440);
  for (const file of ["passwd", "shadow", "group"] as const) {
    await copyFile(join(rootfs, "etc", file), join(changes, "etc", file));
    await copyOwner(join(rootfs, "etc", file), join(changes, "etc", file));
    await writeFile(join(changes, "etc", file), account[file], { flag: "a" });
  }
  await put(`home/${user}/.ssh/authorized_keys`, `${authorized}\n`, 0o600);
  for (const path of [`home/${user}`, `home/${user}/.ssh`, `home/${user}/.ssh/authorized_keys`])
    await chown(join(changes, path), account.id, account.id);
}

/** Makes a folder that lies over another one: its owner and mode are what a host sees, so they have to be those of the one below. */
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

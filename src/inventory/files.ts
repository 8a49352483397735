import { access, constants, readdir, stat } from "node:fs/promises";
import { wrongKey } from "./key-file.ts";
import { isUrl } from "./resolve.ts";
import type { Path, Problem } from "./problem.ts";
import { placed } from "./rules/placed.ts";
import type { Draft } from "./schema.ts";

/** A folder contains all of a component's programs, or none of them. */
const TOGETHER = [
  ["kubeadm", "kubelet", "kubectl"],
  ["etcd", "etcdctl"],
  ["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
];

/**
 * Checks that the files and folders of an inventory exist and contain what is required, key files a private key. `absolute` makes a path absolute; without
 * `login`, the files of SSH are not checked.
 */
export async function missingFiles(
  draft: Draft,
  absolute: (path: string) => string,
  login: boolean,
): Promise<Problem[]> {
  const { software, network, ssh } = draft;
  const checks: Promise<Problem[]>[] = [];
  const { binaries, images, ca } = software ?? {};
  if (binaries !== undefined) checks.push(binariesMissing(absolute(binaries)));
  if (ca !== undefined) checks.push(fileMissing(["software", "ca"], absolute(ca)));
  if (images !== undefined) checks.push(imagesMissing(absolute(images)));
  if (network?.manifest !== undefined && !isUrl(network.manifest))
    checks.push(fileMissing(["network", "manifest"], absolute(network.manifest)));
  if (ssh?.vagrant !== undefined) checks.push(vagrantfileMissing(absolute(ssh.vagrant)));
  // A thousand machines may use the same key: it is checked once.
  const found = new Map<string, Promise<Problem[]>>();
  for (const { path, file, key } of login ? loginFiles(draft) : []) {
    const place = absolute(file);
    const check = `${key ? "key" : "file"} ${place}`;
    const looked = found.get(check) ?? fileMissing(path, place, key && (() => wrongKey(path, place, file)));
    found.set(check, looked);
    checks.push(looked.then((problems) => problems.map((problem) => ({ ...problem, path }))));
  }
  return (await Promise.all(checks)).flat();
}

interface Login {
  readonly key?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly knownHosts?: readonly string[] | undefined;
  readonly bastion?: Login | undefined;
}

async function binariesMissing(folder: string): Promise<Problem[]> {
  const path = ["software", "binaries"];
  const names = await entries(folder);
  if (typeof names === "string") return [{ path, message: names }];
  return TOGETHER.flatMap((programs) => {
    const missing = programs.filter((name) => !names.includes(name));
    if (missing.length === 0 || missing.length === programs.length) return [];
    const [first = ""] = programs.filter((name) => names.includes(name));
    return [{ path, message: `${folder} has ${first}, but not ${missing.join(", ")}` }];
  });
}

async function imagesMissing(folder: string): Promise<Problem[]> {
  const path = ["software", "images"];
  const names = await entries(folder);
  if (typeof names === "string") return [{ path, message: names }];
  return names.some((name) => name.endsWith(".tar"))
    ? []
    : [{ path, message: `${folder} contains no image archives (*.tar)` }];
}

/** Keys and known_hosts files, each with its place in the inventory. */
function loginFiles(draft: Draft): { path: Path; file: string; key?: true }[] {
  const said: { path: Path; ssh: Login | undefined }[] = [
    { path: ["ssh"], ssh: draft.ssh },
    ...placed(draft).map(({ path, machine }) => ({ path: [...path, "ssh"], ssh: machine.ssh })),
  ];
  const bastions = said.map(({ path, ssh }) => ({ path: [...path, "bastion"], ssh: ssh?.bastion }));
  return [...said, ...bastions].flatMap(({ path, ssh }) => [
    ...(ssh?.key === undefined ? [] : [{ path: [...path, "key"], file: ssh.key, key: true as const }]),
    ...(ssh?.keys ?? []).map((file, index) => ({ path: [...path, "keys", index], file, key: true as const })),
    ...(ssh?.knownHosts ?? []).map((file, index) => ({ path: [...path, "knownHosts", index], file })),
  ]);
}

/** @param inside what is checked of a file that can be read */
async function fileMissing(path: Path, file: string, inside?: () => Promise<Problem[]>): Promise<Problem[]> {
  try {
    if (!(await stat(file)).isFile()) return [{ path, message: `${file} is not a file` }];
    await access(file, constants.R_OK);
    return (await inside?.()) ?? [];
  } catch (error) {
    return [{ path, message: reason(file, error) }];
  }
}

async function vagrantfileMissing(folder: string): Promise<Problem[]> {
  const path = ["ssh", "vagrant"];
  const names = await entries(folder);
  if (typeof names === "string") return [{ path, message: names }];
  return names.includes("Vagrantfile") ? [] : [{ path, message: `${folder} contains no Vagrantfile` }];
}

/** The names in a folder, or why it cannot be read, as a sentence. */
async function entries(folder: string): Promise<string[] | string> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    return reason(folder, error);
  }
}

/** A sentence for a common failure of the file system. */
export function reason(path: string, error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return `${path} does not exist`;
    case "ENOTDIR":
      return `${path} is not a folder`;
    case "EISDIR":
      return `${path} is a folder`;
    case "EACCES":
      return `no permission to read ${path}`;
    default:
      return `${path} cannot be read: ${(error as Error).message}`;
  }
}

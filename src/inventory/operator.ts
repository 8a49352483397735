import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What the operator's machine adds to an inventory: the defaults that ssh uses too. */
export interface Operator {
  readonly home: string;
  /** Whether an SSH agent answers at `$SSH_AUTH_SOCK`. */
  readonly agent: boolean;
  /** Private keys used if the inventory sets none. */
  readonly keys: readonly string[];
}

export function operator(env: NodeJS.ProcessEnv = process.env): Operator {
  const home = env["HOME"] ?? homedir();
  const keys = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(home, ".ssh", name));
  return { home, agent: Boolean(env["SSH_AUTH_SOCK"]), keys: keys.filter((key) => existsSync(key)) };
}

/** An inventory's path made absolute: relative paths start at the inventory's folder, `~/` is the operator's home. */
export function absolute(path: string, folder: string, { home }: Operator): string {
  return resolve(folder, path.replace(/^~(?=\/|$)/, home));
}

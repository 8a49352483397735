import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for what Tripod keeps on this machine, by the XDG Base Directory Specification. */
export function stateFolder(env: Environment = process.env): string {
  return join(base(env.XDG_STATE_HOME, env, ".local/state"), "tripod");
}

/** The folder for what can be downloaded or built again: root file systems, Kubernetes, images. */
export function cacheFolder(env: Environment = process.env): string {
  return join(base(env.XDG_CACHE_HOME, env, ".cache"), "tripod");
}

/** By the specification a relative path in these variables is invalid and must be ignored. */
function base(folder: string | undefined, env: Environment, otherwise: string): string {
  return folder?.startsWith("/") ? folder : join(env.HOME ?? homedir(), otherwise);
}

import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** What this machine is to remember. XDG Base Directory Specification, as for the cache. */
export function stateFolder(env: Environment = process.env): string {
  return join(base(env.XDG_STATE_HOME, env, ".local/state"), "tripod");
}

/** What can be made again: root file systems, Kubernetes, images. */
export function cacheFolder(env: Environment = process.env): string {
  return join(base(env.XDG_CACHE_HOME, env, ".cache"), "tripod");
}

/** A relative path in these variables is invalid and to be ignored, says the specification. */
function base(folder: string | undefined, env: Environment, otherwise: string): string {
  return folder?.startsWith("/") ? folder : join(env.HOME ?? homedir(), otherwise);
}

import { homedir } from "node:os";
import { join } from "node:path";

/** Everything a lab keeps, in one folder; gone after `lab down`. */
export interface LabFolders {
  readonly root: string;
  /** LXC's folder: one folder a host, with its configuration, its changes over the root file system and its disks. */
  readonly hosts: string;
  readonly clientKey: string;
  readonly knownHosts: string;
  /** Links into the cache; absent while the lab has no such thing. */
  readonly binaries: string;
  readonly images: string;
  /** What the lab was made with. */
  readonly record: string;
}

/** XDG Base Directory Specification: what one machine remembers. */
export function labFolders(lab: string, env = process.env): LabFolders {
  const root = join(base(env.XDG_STATE_HOME, ".local/state"), "tripod", "labs", lab);
  const inside = (name: string): string => join(root, name);
  return {
    root,
    hosts: inside("hosts"),
    clientKey: inside("id_ed25519"),
    knownHosts: inside("known_hosts"),
    binaries: inside("binaries"),
    images: inside("images"),
    record: inside("lab.json"),
  };
}

/** What can be made again: root file systems, Kubernetes, images. */
export function cacheFolder(env = process.env): string {
  return join(base(env.XDG_CACHE_HOME, ".cache"), "tripod");
}

/** A relative path in these variables is invalid and to be ignored, says the specification. */
function base(folder: string | undefined, otherwise: string): string {
  return folder?.startsWith("/") ? folder : join(homedir(), otherwise);
}

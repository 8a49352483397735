import { join } from "node:path";
import { stateFolder } from "../xdg.ts";

export { cacheFolder } from "../xdg.ts";

/** Everything a lab keeps, but for its snapshots, in one folder; gone after `lab down`. */
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

export function labFolders(lab: string, env = process.env): LabFolders {
  const root = join(stateFolder(env), "labs", lab);
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

/** A lab's snapshots, one folder each; they outlive the lab. */
export function snapshotsFolder(lab: string, env = process.env): string {
  return join(stateFolder(env), "snapshots", lab);
}

/** A lab's folder while it is restored. */
export function restoring(lab: string): string {
  return `${labFolders(lab).root}.restoring`;
}

import { join } from "node:path";
import { stateFolder } from "../xdg.ts";

export { cacheFolder } from "../xdg.ts";

/** All files of a lab except its snapshots, in one folder, which `lab down` removes. */
export interface LabFolders {
  readonly root: string;
  /** LXC's folder: one folder per host, with its configuration, its changes to the root file system and its disks. */
  readonly hosts: string;
  readonly clientKey: string;
  readonly knownHosts: string;
  /** Links into the cache; absent if the lab has none. */
  readonly binaries: string;
  readonly images: string;
  /** The options that the lab was created with. */
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

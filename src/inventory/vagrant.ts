import { HELPERS } from "../render/helpers.ts";
import type { Cluster } from "./cluster.ts";

/** What Vagrant is told of an inventory: which Vagrantfile, and that this one reads it. A VAGRANT_CWD of the operator's own gives way. */
export function vagrantEnvironment(folder: string, file: string): { VAGRANT_CWD: string; INVENTORY: string } {
  return { VAGRANT_CWD: folder, INVENTORY: file };
}

/** How the drill switches machines that are Vagrant's: a forced halt pulls the plug. */
export function vagrantPower(folder: string, file: string): NonNullable<Cluster["power"]> {
  const variables = Object.entries(vagrantEnvironment(folder, file));
  const vagrant = [...variables.map(([name, value]) => `${name}=${HELPERS.shell(value)}`), "vagrant"].join(" ");
  return { off: `${vagrant} halt --force {{name}}`, on: `${vagrant} up {{name}}` };
}

import { HELPERS } from "../render/helpers.ts";
import type { Cluster } from "./cluster.ts";

/** Variables for Vagrant: the folder of the Vagrantfile, and the inventory that it reads. They replace the operator's own VAGRANT_CWD. */
export function vagrantEnvironment(folder: string, file: string): { VAGRANT_CWD: string; INVENTORY: string } {
  return { VAGRANT_CWD: folder, INVENTORY: file };
}

/** How the drill switches Vagrant's machines: a forced halt cuts the power. */
export function vagrantPower(folder: string, file: string): NonNullable<Cluster["power"]> {
  const variables = Object.entries(vagrantEnvironment(folder, file));
  const vagrant = [...variables.map(([name, value]) => `${name}=${HELPERS.shell(value)}`), "vagrant"].join(" ");
  return { off: `${vagrant} halt --force {{name}}`, on: `${vagrant} up {{name}}` };
}

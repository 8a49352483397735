import { COMPONENTS } from "../../releases/artifact.ts";
import { programs } from "../software.ts";
import type { Check } from "./check.ts";

/** Every program can be had: the folder contains it, or the project publishes a checksum for this version and processor. */
export const softwareAvailable: Check = {
  async examine(host, context) {
    const wanted = COMPONENTS.filter((component) => component !== "etcd" || host.machine.role === "master");
    await Promise.all(wanted.map((component) => programs(host, context, component)));
    return [];
  },
};

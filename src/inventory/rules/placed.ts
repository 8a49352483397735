import type { Path } from "../problem.ts";
import type { Draft } from "../schema.ts";

/** A machine of a draft, with its path. */
export interface Placed {
  readonly path: Path;
  readonly role: "master" | "worker";
  readonly machine: Draft["workers"][number];
}

/** Masters, then workers. */
export function placed({ masters = [], workers }: Draft): Placed[] {
  return [
    ...masters.map((machine, index): Placed => ({ path: ["masters", index], role: "master", machine })),
    ...workers.map((machine, index): Placed => ({ path: ["workers", index], role: "worker", machine })),
  ];
}

/** A machine's name in messages. */
export function called({ path, machine }: Placed): string {
  return machine.name ?? `${path[0] === "masters" ? "master" : "worker"} ${Number(path[1]) + 1}`;
}

import { bridge } from "./bridge.ts";
import type { Cni } from "./cni.ts";
import { none } from "./none.ts";

/** Every pod network by name. A new one is one file and one word here. */
export const CNIS: readonly Cni[] = [bridge, none];

import type { Cni } from "./cni.ts";

export const none: Cni = { name: "none", title: "no pod network; nodes stay NotReady until you install one" };

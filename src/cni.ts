/** A pod network that Tripod knows by name: a plain description. What it installs on hosts is a phase (`phases/pod-network.ts`). */
export interface Cni {
  readonly name: string;
  readonly title: string;
}

/** Every pod network by name. A new one is one entry here. */
export const CNIS: readonly Cni[] = [
  { name: "bridge", title: "the bridge plugin and static routes between hosts, for machines on one L2 segment" },
  { name: "none", title: "no pod network; nodes stay NotReady until you install one" },
];

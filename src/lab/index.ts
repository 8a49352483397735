/** The lab: throw-away machines for an inventory, on this machine. */
export { type LabHost, labDown, labHostNames, labOff, labOn, labExists, labStatus, labUp } from "./lab.ts";
export { labSsh } from "./overrides.ts";
export { parseReleases } from "./release.ts";
export { labForget, labRestore, labSave, labSnapshots, type Snapshot } from "./snapshots.ts";

/** The lab: throw-away machines for an inventory, on this machine. */
export { type LabHost, type LabOptions, labDown, labOff, labOn, labStatus, labUp } from "./lab.ts";
export { enterLab, labSsh, withLab } from "./overrides.ts";
export { RELEASES } from "./release.ts";

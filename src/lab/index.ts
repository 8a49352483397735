/** The lab: throw-away machines for an inventory, on this machine. */
export { type LabHost, labDown, labOff, labOn, labStatus, labUp } from "./lab.ts";
export { labSsh } from "./overrides.ts";

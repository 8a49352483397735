import { readFileSync } from "node:fs";

/** All five machines of inventories/ha-3x2.yaml, which takes minutes longer, instead of one master and two workers. */
const ALL = process.env.TRIPOD_ALL === "1";

/** The machines of `freshMachines`. */
export const FRESH = ALL ? ["m1", "m2", "m3", "w1", "w2"] : ["m1", "w1", "w2"];

/**
 * What inventories/ha-3x2.yaml has, for a lab of this name, and the few keys that containers of one kernel need (inventories/lab.yaml has
 * their reasons).
 * @param more lines at the end
 * @param all five machines in any case
 */
export function freshMachines(name: string, more = "", all = ALL): string {
  const inventory = readFileSync(new URL("../../inventories/ha-3x2.yaml", import.meta.url), "utf8")
    .replace("name: production", `name: ${name}`)
    .replace(
      '"1.36.3"',
      '"1.20.2", skipPhases: [addon/coredns], tolerate: [SystemVerification, ImagePull], kubeProxy: { conntrack: { maxPerCore: 0, min: 0 } }',
    );
  const masters = all ? inventory : inventory.replace(/(masters: \[\{[^}]*\}).*\]/, "$1]");
  return `${masters}\ncontainerd: { restrictOomScoreAdj: true }\n${more}`;
}

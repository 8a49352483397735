import { labUp } from "../../src/lab/index.ts";
import { labCluster, routedCluster } from "./lab.ts";

/** Brings the hosts of a lab up in a process of its own, which a test can kill, or start in another network: `lab-up NAME [routed]`. */
const [, , name = "", kind] = process.argv;
const cluster = kind === "routed" ? routedCluster(name) : labCluster(name);
await labUp(cluster, { hostsOnly: true, progress: (text) => console.log(text) });

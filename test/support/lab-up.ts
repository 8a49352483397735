import { labUp } from "../../src/lab/index.ts";
import { labCluster } from "./lab.ts";

/** Brings a lab of two hosts up in a process of its own, which a test can kill. */
await labUp(labCluster(process.argv[2] ?? ""), { hostsOnly: true, progress: (text) => console.log(text) });

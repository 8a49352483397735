import type { Host } from "../../host.ts";
import type { Disruption } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";

/** The kubelet starts it again without our help. */
export function killApiServer(host: Host, undoneAfter: number): Disruption {
  return scriptedDisruption(
    host,
    {
      name: "api-server",
      what: `kube-apiserver on ${host.name} killed (SIGKILL)`,
      disrupt: "pkill -9 -x kube-apiserver",
      undo: "true",
    },
    undoneAfter,
  );
}

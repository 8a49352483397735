import { join } from "./credentials.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { firstMaster } from "./first-master.ts";
import { kubernetes } from "./kubernetes.ts";
import { podNetwork } from "./pod-network.ts";
import { prepare } from "./prepare.ts";

/** Workers join in parallel with the other masters: all they need is an API that answers at the VIP. */
export const workers: Phase = {
  name: "workers",
  title: "Workers",
  needs: [sameHost(prepare), sameHost(kubernetes), sameHost(podNetwork), allHosts(firstMaster)],
  hosts: ({ cluster }) => cluster.workers,
  resources: (host, context) => [join(host, context)],
};

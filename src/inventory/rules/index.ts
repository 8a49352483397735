import type { Problem } from "../problem.ts";
import type { Salvaged } from "../salvage.ts";
import { drillRules, powerRules } from "../sections/drill.ts";
import { etcdRules } from "../sections/etcd.ts";
import { kubernetesRules } from "../sections/kubernetes.ts";
import { loadBalancerRules } from "../sections/load-balancer.ts";
import { machineRules, sshRules } from "../sections/machine.ts";
import { softwareRules } from "../sections/software.ts";
import { addressing } from "./addressing.ts";
import { componentRules } from "./components.ts";
import { duplicates } from "./duplicates.ts";
import { networkRules } from "./network.ts";
import { placed } from "./placed.ts";
import { portRules } from "./ports.ts";
import { quorum } from "./quorum.ts";
import { vagrantRules } from "./vagrant.ts";

/** Rules about several keys. A rule checks the values that exist; missing and malformed values are reported by the schema. */
export function* rules({ draft, refused, given }: Salvaged): Iterable<Problem> {
  yield* quorum(draft);
  yield* duplicates(draft);
  yield* addressing(draft, refused, given);
  yield* kubernetesRules(draft.kubernetes);
  yield* componentRules(draft);
  yield* softwareRules(draft.software ?? {}, draft.kubernetes.version);
  yield* etcdRules(draft.etcd ?? {});
  yield* loadBalancerRules(draft.loadBalancer);
  yield* portRules(draft, refused);
  yield* drillRules(draft.drill ?? {});
  yield* powerRules(draft.power);
  yield* sshRules(["ssh"], draft.ssh ?? {});
  for (const { path, machine } of placed(draft)) {
    yield* machineRules(path, machine);
    yield* sshRules([...path, "ssh"], machine.ssh ?? {});
  }
  yield* vagrantRules(draft);
  yield* networkRules(draft);
}

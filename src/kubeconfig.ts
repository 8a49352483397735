import { TripodError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Cluster } from "./inventory/cluster.ts";
import { ADMIN_CONF } from "./resources/kubectl.ts";
import { Secret } from "./secret.ts";

/**
 * The cluster's admin configuration, pointing at the VIP; from the first master that has one.
 * @throws TripodError E_REFUSED where no master has one yet
 */
export async function readKubeconfig(masters: readonly Host[], cluster: Cluster): Promise<Secret> {
  const { vip, port } = cluster.loadBalancer;
  for (const master of masters) {
    const { code, stdout } = await master.read(`cat ${ADMIN_CONF}`);
    if (code === 0) return new Secret(stdout.replace(/^(\s+server: ).*$/m, `$1https://${vip}:${port}`));
  }
  throw new TripodError("E_REFUSED", `no master has ${ADMIN_CONF}`, {
    origin: { file: cluster.file, line: 1, column: 1 },
    hint: "there is no cluster here yet; `tripod apply` makes one",
  });
}

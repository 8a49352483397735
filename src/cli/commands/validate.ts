import { Command } from "commander";
import type { Cluster } from "../../inventory/cluster.ts";
import type { Io } from "../io.ts";

/** `tripod validate`: lists every mistake of an inventory; connects to no host. */
export function validateCommand(io: Io): Command {
  return new Command("validate")
    .description("check an inventory and list every mistake with its line; connects to no host")
    .requiredOption("-i, --inventory <file>", "the inventory")
    .option("--json", "print JSON")
    .action(async ({ inventory, json }: { inventory: string; json?: boolean }) => {
      const { loadCluster } = await import("../../inventory/load.ts");
      const cluster = await loadCluster(inventory, { env: io.env, cwd: io.cwd });
      io.stdout.write(`${json ? JSON.stringify(asRecord(cluster)) : asSentence(inventory, cluster)}\n`);
    });
}

function asSentence(file: string, { name, kubernetes, loadBalancer, masters, workers }: Cluster): string {
  const machines = `${counted(masters.length, "master")}, ${counted(workers.length, "worker")}`;
  const api = `${loadBalancer.vip}:${loadBalancer.port}`;
  return `${file}: no mistakes. ${name}: Kubernetes ${kubernetes.version} on ${machines}, API at ${api}`;
}

function asRecord({ file, name, kubernetes, loadBalancer, masters, workers }: Cluster) {
  const names = (machines: Cluster["machines"]) => machines.map((machine) => machine.name);
  return {
    valid: true,
    file,
    name,
    version: kubernetes.version,
    api: `${loadBalancer.vip}:${loadBalancer.port}`,
    masters: names(masters),
    workers: names(workers),
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

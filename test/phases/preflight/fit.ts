import { cgroups } from "../../../src/facts/cgroups.ts";
import { clock } from "../../../src/facts/clock.ts";
import { type Firewall, firewall } from "../../../src/facts/firewall.ts";
import { hardware } from "../../../src/facts/hardware.ts";
import { identity } from "../../../src/facts/identity.ts";
import { links } from "../../../src/facts/links.ts";
import { osRelease } from "../../../src/facts/os-release.ts";
import { network } from "../../../src/facts/network.ts";
import type { Host } from "../../../src/host.ts";
import type { Cluster, Machine } from "../../../src/inventory/cluster.ts";
import type { Check, Problem } from "../../../src/phases/preflight/check.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { scriptedHost, type ScriptedHostOptions } from "../../support/scripted-host.ts";

/** How one host differs from one that meets the requirements. */
interface Unfit {
  readonly hostname?: string;
  readonly machineId?: string;
  readonly systemd?: boolean;
  readonly cpus?: number;
  /** MiB */
  readonly memory?: number;
  /** ms, ahead of the operator's clock */
  readonly offset?: number;
  /** ms */
  readonly uncertainty?: number;
  readonly cgroups?: 1 | 2;
  /** `interface address/prefix` */
  readonly addresses?: readonly string[];
  /** Of eth0, bytes. */
  readonly mtu?: number;
  readonly firewall?: Firewall;
  readonly osRelease?: Readonly<Record<string, string>>;
  readonly answer?: ScriptedHostOptions["answer"];
}

export type UnfitHosts = Readonly<Record<string, Unfit>>;

/** Hosts that meet the requirements, except for the given differences. */
export function hostsOf(cluster: Cluster, unfit: UnfitHosts = {}): Host[] {
  return cluster.machines.map((machine) => hostOf(machine, unfit[machine.name] ?? {}));
}

function hostOf(machine: Machine, unfit: Unfit): Host {
  const { hostname = machine.name, machineId = `id-of-${machine.name}`, systemd = true } = unfit;
  const { cpus = 4, memory = 8192, offset = 0, uncertainty = 20 } = unfit;
  const addresses = (unfit.addresses ?? ["lo 127.0.0.1/8", `eth0 ${machine.address}/24`]).map((text) => {
    const [name = "", address = "", prefix] = text.split(/[ /]/);
    return { interface: name, address, prefix: Number(prefix) };
  });
  return scriptedHost({
    machine,
    // None of the requested files exists on it.
    answer: unfit.answer ?? reached,
    facts: [
      [identity, { hostname, machineId, systemd }],
      [hardware, { cpus, memory: memory * 1024 * 1024, architecture: "x86_64" }],
      [clock, { offset, uncertainty }],
      [cgroups, { version: unfit.cgroups ?? 2 }],
      [network, addresses],
      [links, new Map([["eth0", unfit.mtu ?? 1500]])],
      [firewall, unfit.firewall ?? "none"],
      [osRelease, unfit.osRelease ?? { ID: "debian", VERSION_ID: "12" }],
    ],
  });
}

/** What a check finds on each host, as `host: message`. */
export async function findings(check: Check, unfit: UnfitHosts, cluster = testCluster()): Promise<string[]> {
  const found = await problems(check, unfit, cluster);
  return found.map(({ name, problem }) => `${name}: ${problem.message}`);
}

/** What a check finds on each host. */
export async function problems(
  check: Check,
  unfit: UnfitHosts,
  cluster = testCluster(),
): Promise<{ name: string; problem: Problem }[]> {
  const hosts = hostsOf(cluster, unfit);
  const context = testContext(cluster, hosts);
  const all = await Promise.all(
    hosts.map(async (host) => (await check.examine(host, context)).map((problem) => ({ name: host.name, problem }))),
  );
  return all.flat();
}

/** What a host says that others reach, whose package manager finds all packages, and that has nothing else. */
export function reached(script: string): ReturnType<NonNullable<ScriptedHostOptions["answer"]>> {
  if (script.includes("--simulate")) return "";
  return script.includes("\nrun listen ") ? "pid 4711\n" : { code: 1 };
}

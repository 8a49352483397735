import { expect, test } from "vitest";
import type { InventoryErrors } from "../../../src/inventory/problem.ts";
import { parseInventory } from "../../../src/inventory/load.ts";
import { CHECKS } from "../../../src/phases/preflight/checks.ts";
import { CHECK_NAMES, isTolerable } from "../../../src/inventory/sections/preflight.ts";
import { findingsOf } from "../../../src/phases/preflight/index.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { hostsOf } from "../../phases/preflight/fit.ts";

test("every check has its own name, and a sentence for the documentation", () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  // A name that an inventory may tolerate, and that no check has, would tolerate nothing.
  expect(CHECKS.map(({ name }) => name).toSorted()).toEqual(CHECK_NAMES.toSorted());
  for (const { title } of CHECKS) expect(title).toMatch(/^[A-Z].*[^.]$/);
});

async function found(tolerate: readonly string[]) {
  const cluster = { ...testCluster(), preflight: { tolerate: [...tolerate] } } as ReturnType<typeof testCluster>;
  const hosts = hostsOf(cluster, { m1: { cpus: 1, systemd: false } });
  const findings = await Promise.all(hosts.map((host) => findingsOf(host, testContext(cluster, hosts))));
  return findings.flat().map(({ check, warning, error }) => `${check.name} ${String(warning)} ${error.message}`);
}

test("a check that is tolerated is a warning, and is still reported", async () => {
  expect(await found([])).toEqual([
    "systemd false systemd is not running",
    "cpu-and-memory false 1 CPU, but a master needs 2",
  ]);
  expect(await found(["cpu-and-memory"])).toEqual([
    "systemd false systemd is not running",
    "cpu-and-memory true 1 CPU, but a master needs 2",
  ]);
});

test("what protects the cluster cannot be tolerated, and a mistyped name is found", () => {
  const mistakes = (name: string) => {
    try {
      return parseInventory(
        `name: a\nkubernetes: {version: "1.36.3"}\nloadBalancer: {vip: 10.0.0.10}\npreflight: {tolerate: [${name}]}\nmasters: [{name: m1, address: 10.0.0.11}]\n`,
        "a.yaml",
      ).name;
    } catch (error) {
      return (error as InventoryErrors).errors.map(({ message }) => message).join("\n");
    }
  };
  expect(isTolerable("etcd-data")).toBe(false);
  expect(mistakes("etcd-data")).toMatch(/cannot be tolerated/);
  expect(mistakes("vip-fre")).toMatch(/is not a preflight check, did you mean `vip-free`/);
});

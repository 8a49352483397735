import { expect, test } from "vitest";
import type { Machine } from "../../src/inventory/cluster.ts";
import { sample, united, withWorkers } from "../../src/inventory/sample.ts";
import { testCluster, testMachine } from "../support/cluster.ts";

function worker(number: number, overrides: Partial<Machine> = {}): Machine {
  return testMachine(`w${number}`, `10.0.0.${20 + number}`, "worker", overrides);
}

const zone = (name: string) => ({ labels: { zone: name } });
const fleet = testCluster({
  workers: [worker(1, zone("a")), worker(2, zone("a")), worker(3, zone("a")), worker(4, zone("b")), worker(5)],
});
const names = (machines: readonly Machine[]) => machines.map(({ name }) => name).join(" ");

test("a sample of a fleet has all masters, and workers of every kind before two of one", () => {
  expect(names(sample(fleet, 6).machines)).toBe("m1 m2 m3 w1 w4 w5");
  expect(names(sample(fleet, 7).machines)).toBe("m1 m2 m3 w1 w2 w4 w5");
  expect(names(sample(fleet, 3).machines)).toBe("m1 m2 m3");
});

test("a limit above the number of machines keeps all of them", () => {
  expect(names(sample(fleet, 99).machines)).toBe(names(fleet.machines));
});

test("no master is ever left out", () => {
  expect(() => sample(fleet, 2)).toThrow("2 machines, but the inventory has 3 masters");
});

test("two inventories of a cluster together have the machines of both, each once", () => {
  const next = testCluster({ workers: [worker(1), worker(6)] });
  expect(names(united(fleet, [next]).machines)).toBe("m1 m2 m3 w1 w2 w3 w4 w5 w6");
  expect(names(withWorkers(next, ({ name }) => name !== "w1").machines)).toBe("m1 m2 m3 w6");
});

import { expect, test } from "vitest";
import { addressing } from "../../src/lab/addressing.ts";
import { testCluster, testMachine } from "../support/cluster.ts";

test("the operator gets the highest address of the machines' subnet", () => {
  expect(addressing(testCluster())).toEqual({ prefix: 24, operator: "10.0.0.254" });
});

test("an address of a machine or the VIP is never the operator's", () => {
  const workers = [testMachine("w1", "10.0.0.254", "worker")];
  const cluster = testCluster({ workers, loadBalancer: { vip: "10.0.0.253" } });
  expect(addressing(cluster).operator).toBe("10.0.0.252");
});

test("a small subnet stays small, so that the VIP lives in it as it will in production", () => {
  const cluster = testCluster({ workers: [], loadBalancer: { subnet: "10.0.0.0/28" } });
  expect(addressing(cluster)).toEqual({ prefix: 28, operator: "10.0.0.14" });
});

test("workers in another subnet widen the segment", () => {
  const workers = [testMachine("w1", "10.0.3.7", "worker")];
  expect(addressing(testCluster({ workers }))).toEqual({ prefix: 22, operator: "10.0.3.254" });
});

test("a subnet without a free address is refused", () => {
  const masters = [testMachine("m1", "10.0.0.1", "master")];
  const cluster = testCluster({ masters, workers: [], loadBalancer: { vip: "10.0.0.2", subnet: "10.0.0.0/30" } });
  expect(() => addressing(cluster)).toThrow("no address is left for the operator");
});

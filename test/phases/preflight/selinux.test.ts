import { expect, test } from "vitest";
import { selinux } from "../../../src/phases/preflight/selinux.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { machineStory } from "../../support/machine-story.ts";
import type { Problem } from "../../../src/phases/preflight/check.ts";
import { findings, hostsOf, problems } from "./fit.ts";

const saying = (said: string) => ({ answer: () => said });

test("a host whose SELinux enforces its policy is refused, with what the policy forbids and what to do", async () => {
  const found = await problems(selinux, { m2: saying("now\nboot\n") });
  expect(found).toMatchObject([{ name: "m2", problem: { warning: false, message: "SELinux is enforcing" } }]);
  expect(found[0]?.problem.why).toMatch(/haproxy.*8404.*6443.*keepalived/);
  expect(found[0]?.problem.hint).toMatch(/`setenforce 0`.*SELINUX=permissive.*preflight.tolerate/);
});

test("one that is permissive only until the next boot is refused too", async () => {
  expect(await findings(selinux, { w1: saying("boot\n") })).toEqual([
    "w1: SELinux is enforcing after the next boot (/etc/selinux/config)",
  ]);
});

machineStory("hosts without SELinux, and permissive ones, pass", async (machine) => {
  const examined = async () =>
    (await selinux.examine(machine.host, testContext(testCluster(), [machine.host]))).map(({ message }) => message);
  machine.write("/etc/selinux/config", "SELINUX=enforcing\n");
  expect(await examined()).toEqual([]);
  machine.write("/sys/fs/selinux/enforce", "0");
  expect(await examined()).toEqual(["SELinux is enforcing after the next boot (/etc/selinux/config)"]);
  machine.write("/etc/selinux/config", "# SELINUX=enforcing\nSELINUX=permissive\n");
  expect(await examined()).toEqual([]);
  machine.write("/sys/fs/selinux/enforce", "1");
  expect(await examined()).toEqual(["SELinux is enforcing"]);
});

test("a node of the existing cluster has worked so far: it is a warning", async () => {
  const cluster = testCluster();
  const hosts = hostsOf(cluster, { w1: saying("now\n") });
  const context = testContext(cluster, hosts, "plan", { nodes: new Map([["w1", {} as never]]) });
  const found: Problem[] = [];
  for (const host of hosts) found.push(...(await selinux.examine(host, context)));
  expect(found).toMatchObject([{ warning: true, message: "SELinux is enforcing" }]);
});

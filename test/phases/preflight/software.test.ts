import { expect, test } from "vitest";
import { rhel } from "../../../src/os/rhel.ts";
import { operatingSystem } from "../../../src/phases/preflight/operating-system.ts";
import { etcdVersion, softwareAvailable } from "../../../src/phases/preflight/software.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { answering } from "../../support/scripted-host.ts";
import { findings, hostsOf, problems } from "./fit.ts";

test.each([
  ["Debian 12", { ID: "debian", VERSION_ID: "12" }],
  ["Ubuntu 24.04", { ID: "ubuntu", VERSION_ID: "24.04" }],
  ["Rocky 9.4", { ID: "rocky", VERSION_ID: "9.4" }],
  ["RHEL 10", { ID: "rhel", VERSION_ID: "10.0" }],
])("%s is supported", async (_, osRelease) => {
  expect(await findings(operatingSystem, { m1: { osRelease } })).toEqual([]);
});

test.each([
  ["CentOS Linux 7 (Core)", { ID: "centos", VERSION_ID: "7" }],
  ["Rocky Linux 8.9 (Green Obsidian)", { ID: "rocky", VERSION_ID: "8.9" }],
  ["Debian GNU/Linux 10 (buster)", { ID: "debian", VERSION_ID: "10" }],
  ["Ubuntu 18.04.6 LTS", { ID: "ubuntu", VERSION_ID: "18.04" }],
])("%s is refused by its name, and the supported ones are named", async (name, release) => {
  const [found] = await problems(operatingSystem, { w1: { osRelease: { ...release, PRETTY_NAME: name } } });
  expect(found).toMatchObject({ name: "w1", problem: { message: `${name} is not supported` } });
  expect(found?.problem.hint).toContain("Debian 12 and 13; Ubuntu 22.04, 24.04 and 26.04; RHEL 9 and 10");
});

test("a relative of a supported system is a warning", async () => {
  const [found] = await problems(operatingSystem, { w1: { osRelease: { ID: "raspbian", VERSION_ID: "12" } } });
  expect(found?.problem).toMatchObject({ warning: true, message: expect.stringContaining("raspbian 12") as string });
});

test.each([
  ["1.30.4", "3.4.23-4+b4", []],
  ["1.36.3", "3.4.23-4+b4", ["m1: its package of etcd is 3.4.23, but Kubernetes 1.36 needs 3.5.24 or later"]],
  ["1.36.3", "3.5.16-4", ["m1: its package of etcd is 3.5.16, but Kubernetes 1.36 needs 3.5.24 or later"]],
  ["1.36.3", "", []],
])("the distribution's etcd is compared with what Kubernetes %s needs: %s", async (version, candidate, expected) => {
  const cluster = testCluster({ kubernetes: { version } });
  const simulated = candidate && `Inst etcd-server (${candidate} Debian:12.9/stable [amd64])\nConf etcd-server\n`;
  const unfit = Object.fromEntries(cluster.machines.map(({ name }) => [name, { answer: () => "" }]));
  const m1 = { answer: answering({ "--simulate": simulated }) };
  expect(await findings(etcdVersion, { ...unfit, m1 }, cluster)).toEqual(expected);
  const installed = { answer: answering({ "dpkg-query": candidate && `etcd-server ${candidate}\n` }) };
  expect(await findings(etcdVersion, { ...unfit, m1: installed }, cluster)).toEqual(expected);
});

test("where etcd is to be a package and the system has none, the first master is not changed before that is found", async () => {
  const cluster = testCluster();
  const unfit = Object.fromEntries(cluster.machines.map(({ name }) => [name, { answer: () => "" }]));
  const hosts = hostsOf(cluster, unfit).map((host) => ({ ...host, os: rhel }));
  const [first, , , worker] = hosts;
  if (!first || !worker) return expect.unreachable();
  expect(await softwareAvailable.examine(first, testContext(cluster, hosts))).toMatchObject([
    { message: "rhel has no etcd package" },
  ]);
  expect(await softwareAvailable.examine(worker, testContext(cluster, hosts))).toEqual([]);
});

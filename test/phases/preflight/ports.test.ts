import { expect, test } from "vitest";
import { ports } from "../../../src/phases/preflight/ports.ts";
import { testCluster } from "../../support/cluster.ts";
import { findings, problems } from "./fit.ts";

/** A line of `ss -ltnpH`. */
const listening = (local: string, users = "") => `LISTEN 0      4096   ${local}   0.0.0.0:*    ${users}\n`;
const by = (name: string, pid: number) => `users:(("${name}",pid=${pid},fd=6))`;

const OURS = [
  listening("127.0.0.1:2379", by("etcd", 1)),
  listening("10.0.0.11:2380", by("etcd", 1)),
  listening("127.0.0.1:2381", by("etcd", 1)),
  listening("*:6443", by("kube-apiserver", 2)),
  listening("127.0.0.1:10257", by("kube-controller", 3)),
  listening("127.0.0.1:10259", by("kube-scheduler", 4)),
  listening("*:10250", by("kubelet", 5)),
  listening("0.0.0.0:8443", `users:(("haproxy",pid=7,fd=6),("haproxy",pid=6,fd=6))`),
  listening("127.0.0.1:8404", by("haproxy", 6)),
  listening("0.0.0.0:22", by("sshd", 8)),
].join("");

test("ports that our own programs hold are ours, though the kernel cuts their names", async () => {
  expect(await findings(ports, { m1: { answer: () => OURS } })).toEqual([]);
});

test.each([
  [listening("0.0.0.0:6443", by("nginx", 42)), "port 6443 is used by nginx (pid 42); kube-apiserver needs it"],
  [listening("[::]:2379", by("consul", 7)), "port 2379 is used by consul (pid 7); etcd needs it"],
  [listening("*:8443", by("java", 9)), "port 8443 is used by java (pid 9); haproxy needs it"],
  [listening("127.0.0.1:8404", by("envoy", 9)), "port 8404 is used by envoy (pid 9); haproxy needs it"],
  [listening("127.0.0.1:10250"), "port 10250 is used by another process; kubelet needs it"],
])("a port of another program is named, with who has it: %#", async (line, message) => {
  const found = await problems(ports, { m1: { answer: () => line } });
  expect(found).toMatchObject([{ name: "m1", problem: { message, hint: expect.stringContaining("stop") as string } }]);
});

test("every port that is used is reported at once", async () => {
  const taken = [2379, 6443, 10259].map((port) => listening(`*:${port}`, by("nginx", 1))).join("");
  expect(await findings(ports, { m1: { answer: () => taken } })).toHaveLength(3);
});

test("a worker needs only the kubelet's port", async () => {
  const taken = [2379, 6443, 8443].map((port) => listening(`*:${port}`, by("nginx", 1))).join("");
  expect(await findings(ports, { w1: { answer: () => taken } })).toEqual([]);
});

test("haproxy's ports are not checked where there is no haproxy", async () => {
  const taken = [8443, 8404].map((port) => listening(`*:${port}`, by("nginx", 1))).join("");
  const cluster = testCluster({ loadBalancer: { haproxy: false } });
  expect(await findings(ports, { m1: { answer: () => taken } }, cluster)).toEqual([]);
});

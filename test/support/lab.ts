import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { testCluster, testMachine } from "./cluster.ts";

/** A master that root logs in to, and a worker with another port and an ordinary user. */
export function labCluster(name: string): Cluster {
  const worker = testMachine("w1", "10.0.0.21", "worker");
  return testCluster({
    name,
    masters: [testMachine("m1", "10.0.0.11", "master")],
    workers: [{ ...worker, ssh: { ...worker.ssh, port: 2222, user: "admin" } }],
  });
}

/**
 * Addresses that look like the internet's: a master behind a bastion, as an ordinary user, at a port and an address of SSH's own; and each in a
 * subnet of its own.
 */
export function routedCluster(name: string): Cluster {
  const bastion = { ...testMachine("bastion", "198.51.100.5", "worker").ssh, user: "jump", port: 2200 };
  const m1 = testMachine("m1", "203.0.113.11", "master");
  return testCluster({
    name,
    masters: [{ ...m1, ssh: { ...m1.ssh, address: "192.0.2.11", user: "ops", port: 2222, bastion } }],
    workers: [],
    loadBalancer: { vip: "203.0.113.10", subnet: "203.0.113.0/28", interface: "ens3" },
  });
}

export const CONTROL_PLANE = ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler"];

/** A folder of programs of Kubernetes 1.36.3 that are none, with a coredns; and a kubeadm that names its images. */
export function madeUpPrograms(rootfs: string, folder: string): string {
  mkdirSync(folder);
  const others = ["pause:3.10.2", "etcd:3.6.8-0", "coredns/coredns:v1.14.2"];
  const images = [...CONTROL_PLANE.map((name) => `${name}:v1.36.3`), ...others].map(
    (name) => `echo registry.example/${name}`,
  );
  writeFileSync(join(folder, "kubeadm"), ["#!/bin/sh", ...images].join("\n"), { mode: 0o755 });
  for (const name of [...CONTROL_PLANE, "coredns"]) copyFileSync(join(rootfs, "bin/busybox"), join(folder, name));
  return folder;
}

/** Everything on this machine that carries a lab's name (processes, mounts, loop devices, namespaces, control groups), and its interfaces. */
export function tracesOf(lab: string): string[] {
  const mark = `tripod.${lab}`;
  const mounts = lines("/proc/self/mountinfo").filter((line) => line.includes(mark) || line.includes(`labs/${lab}`));
  const namespaces = list("/run/netns").filter((name) => name === mark);
  const groups = lines("/proc/self/mountinfo")
    .filter((line) => / - cgroup2? /.test(line))
    .flatMap((line) => list(line.split(" ")[4] ?? "").filter((name) => name.includes(mark)));
  // One that has ended and waits for init to take note of it (a zombie) does nothing any more.
  const living = list("/proc").filter((pid) => lines(join("/proc", pid, "stat")).some((line) => /\) [^Z] /.test(line)));
  const processes = living.filter((pid) =>
    ["cmdline", "cgroup"].some((file) => lines(join("/proc", pid, file)).some((line) => line.includes(mark))),
  );
  const disks = list("/sys/block").flatMap((name) => lines(join("/sys/block", name, "loop/backing_file")));
  const loops = disks.filter((file) => file.includes(`labs/${lab}`));
  return [...mounts, ...loops, ...namespaces, ...groups, ...processes, ...Object.keys(networkInterfaces())];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

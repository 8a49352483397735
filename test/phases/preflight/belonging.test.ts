import { describe, expect, it, test } from "vitest";
import { otherCluster, otherEtcd } from "../../../src/phases/preflight/belonging.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { machineStory } from "../../support/machine-story.ts";
import { findings, problems } from "./fit.ts";

const cluster = testCluster();

describe("a machine of another cluster", () => {
  const serving = (...servers: string[]) => ({
    w1: { answer: () => servers.map((url) => `/etc/kubernetes/kubelet.conf:    server: ${url}\n`).join("") },
  });

  it("is known by the API server its kubelet talks to", async () => {
    expect(await problems(otherCluster, serving("https://192.168.7.7:6443"))).toMatchObject([
      {
        name: "w1",
        problem: {
          code: "E_REFUSED",
          message: "it belongs to another cluster: /etc/kubernetes/kubelet.conf names https://192.168.7.7:6443",
          hint: expect.stringContaining("kubeadm reset") as string,
        },
      },
    ]);
  });

  it.each([
    ["nobody has made it a node yet", []],
    ["its kubelet talks to the VIP", ["https://10.0.0.10:8443"]],
    ["its kubelet talks to one of our masters", ["https://10.0.0.12:6443"]],
  ])("is not one where %s", async (_, servers) => {
    expect(await findings(otherCluster, serving(...servers))).toEqual([]);
  });
});

const DATA = "/var/lib/etcd/member/wal";
const CA = "/etc/etcd/pki/ca.crt";

machineStory("data of an etcd that is not ours is not touched", async (machine) => {
  machine.write(DATA, "");
  expect(await otherEtcd.examine(machine.host, testContext(cluster, [machine.host]))).toMatchObject([
    { code: "E_REFUSED", message: "/var/lib/etcd holds data of an etcd that is not ours" },
  ]);
});

machineStory("a member of ours, and a master without any etcd, are no strangers", async (machine) => {
  const context = testContext(cluster, [machine.host]);
  expect(await otherEtcd.examine(machine.host, context)).toEqual([]);
  machine.write(DATA, "");
  machine.write(CA, "");
  expect(await otherEtcd.examine(machine.host, context)).toEqual([]);
});

test("a worker's /var/lib/etcd is none of our business", async () => {
  expect(await findings(otherEtcd, { w1: { answer: () => "" } })).toEqual([]);
});

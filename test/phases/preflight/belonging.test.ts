import { describe, expect, it, test } from "vitest";
import { fits, otherEtcd, podRanges } from "../../../src/phases/preflight/belonging.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { machineStory } from "../../support/machine-story.ts";
import { failure } from "../../support/sshd.ts";
import { findings, hostsOf } from "./fit.ts";

const cluster = testCluster();

test("what does not fit is told by the machine it is about, and what is about the whole cluster once", async () => {
  const hosts = hostsOf(cluster);
  const servers = [{ file: "/etc/kubernetes/kubelet.conf", url: "https://192.168.7.7:6443" }];
  const settings = { version: "1.35.1", bridge: true, addons: ["addon/coredns", "addon/kube-proxy"] };
  const context = testContext(cluster, hosts, "plan", {
    founded: true,
    settings,
    carried: new Map([["w1", { servers }]]),
  });
  const told = await Promise.all(hosts.map(async (host) => [host.name, await fits.examine(host, context)] as const));
  expect(told.filter(([, found]) => found.length > 0)).toMatchObject([
    [
      "m1",
      [
        {
          code: "E_REFUSED",
          ofCluster: true,
          message: "the cluster runs Kubernetes 1.35.1, the inventory says 1.36.3",
        },
      ],
    ],
    ["w1", [{ code: "E_REFUSED", ofCluster: false, message: expect.stringContaining("another cluster") as string }]],
  ]);
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

describe("what machines say of their pods' addresses", () => {
  const saying = (cidr: string) => ({ answer: () => `{"subnet": "${cidr}"}` });

  it("is refused before anything is changed where it cannot be true", async () => {
    expect(await failure(findings(podRanges, { w2: saying("0.0.0.0/1") }))).toMatchObject({
      code: "E_REFUSED",
      message: "it says that its pods have 0.0.0.0/1, which is no /24 of the pod subnet 10.244.0.0/16",
      details: { host: "w2" },
    });
    const both = { w1: saying("10.244.7.0/24"), w2: saying("10.244.7.0/24") };
    expect(await failure(findings(podRanges, both))).toMatchObject({
      code: "E_REFUSED",
      message: "w2 and w1 both say that their pods have 10.244.7.0/24",
    });
  });

  it("is believed where it can", async () => {
    expect(await findings(podRanges, { w1: saying("10.244.7.0/24") })).toEqual([]);
  });

  it("is not asked where the pod network is another", async () => {
    const other = testCluster({ network: { cni: "none" } });
    expect(await findings(podRanges, { w2: saying("0.0.0.0/1") }, other)).toEqual([]);
  });
});

import { describe, expect, it, test } from "vitest";
import { matchesExisting, podRanges } from "../../../src/phases/preflight/existing-cluster.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { failure } from "../../support/sshd.ts";
import { findings, hostsOf } from "./fit.ts";

const cluster = testCluster();

test("a mismatch is reported for its machine, and one of the whole cluster once", async () => {
  const hosts = hostsOf(cluster);
  const servers = [{ file: "/etc/kubernetes/kubelet.conf", url: "https://192.168.7.7:6443" }];
  const settings = { version: "1.35.1", bridge: true, addons: ["addon/coredns", "addon/kube-proxy"] };
  const context = testContext(cluster, hosts, "plan", {
    clusterExists: true,
    settings,
    machineStates: new Map([["w1", { servers }]]),
  });
  const byHost = await Promise.all(
    hosts.map(async (host) => [host.name, await matchesExisting.examine(host, context)] as const),
  );
  expect(byHost.filter(([, found]) => found.length > 0)).toMatchObject([
    [
      "m1",
      [
        {
          code: "E_REFUSED",
          ofCluster: true,
          message: "the cluster runs Kubernetes 1.35.1, the inventory sets 1.36.3",
        },
      ],
    ],
    ["w1", [{ code: "E_REFUSED", ofCluster: false, message: expect.stringContaining("another cluster") as string }]],
  ]);
});

describe("the pod ranges that machines report", () => {
  const saying = (cidr: string) => ({ answer: () => `{"subnet": "${cidr}"}` });

  it("are refused before anything is changed where one is not valid", async () => {
    expect(await failure(findings(podRanges, { w2: saying("0.0.0.0/1") }))).toMatchObject({
      code: "E_REFUSED",
      message: "its pod range is 0.0.0.0/1, which is not a /24 of the pod subnet 10.244.0.0/16",
      details: { host: "w2" },
    });
    const both = { w1: saying("10.244.7.0/24"), w2: saying("10.244.7.0/24") };
    expect(await failure(findings(podRanges, both))).toMatchObject({
      code: "E_REFUSED",
      message: "w2 and w1 both have the pod range 10.244.7.0/24",
    });
  });

  it("are accepted where they are valid", async () => {
    expect(await findings(podRanges, { w1: saying("10.244.7.0/24") })).toEqual([]);
  });

  it("are not read where the pod network is another", async () => {
    const other = testCluster({ network: { cni: "none" } });
    expect(await findings(podRanges, { w2: saying("0.0.0.0/1") }, other)).toEqual([]);
  });
});

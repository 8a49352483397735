import { describe, expect, it } from "vitest";
import { readEtcd } from "../../src/health/etcd.ts";
import { readLeases } from "../../src/health/leases.ts";
import type { Host } from "../../src/host.ts";
import { readMembers } from "../../src/resources/etcd-members.ts";
import { haproxyServers } from "../../src/resources/haproxy-server.ts";
import { kubeProxyPods } from "../../src/resources/kube-proxy-pods.ts";
import { readNodes } from "../../src/resources/kubectl.ts";
import { readVerifyRecord } from "../../src/resources/verify-record.ts";
import { workload } from "../../src/resources/workload.ts";
import { readExistingState } from "../../src/existing/read.ts";
import { testCluster } from "../support/cluster.ts";
import { answering, scriptedHost } from "../support/scripted-host.ts";
import { impatient } from "../support/working.ts";

/** What came in place of an answer: a proxy's page, an answer cut off, another program's. */
const ANSWERS = [
  "null",
  "[{}]",
  "[null]",
  "{}",
  "42",
  '{"items":null}',
  '{"items":[null]}',
  '{"items":[{}]}',
  "<html>",
  '{"ite',
];

const saying = (answer: string): Host => scriptedHost({ answer: () => answer });

describe.each(ANSWERS)("%s in place of an answer", (answer) => {
  it.each<[string, (host: Host) => Promise<unknown>]>([
    ["nodes", readNodes],
    ["etcd's members", readMembers],
    ["etcd's status", (host) => readEtcd(host, [host])],
    ["Leases", readLeases],
  ])("is reported with its host where %s are asked for", async (_, read) => {
    expect(await read(saying(answer))).toMatch(/^the output of .* on m1 cannot be parsed: ./);
  });

  it("does not end what is read before a run", async () => {
    const cluster = testCluster();
    const hosts = cluster.machines.map((machine) => scriptedHost({ machine, answer: () => answer }));
    expect(await readExistingState(cluster, hosts)).toMatchObject({ members: [], unknownNodes: [] });
  });

  it("does not end what is compared", async () => {
    const host = saying(answer);
    const tried = { changed: false, leader: host, hosts: [host], image: "pause", serviceAddress: "10.96.0.1" };
    for (const resource of [kubeProxyPods({ leader: host }), workload(tried)])
      (await resource.inspect(host, impatient)).changes(new Set());
    await readVerifyRecord(host);
  });
});

it("a node whose name could be read as something else in a command is no node", async () => {
  const items = [{ metadata: { name: "w1\n10.0.0.1 registry.k8s.io" }, spec: {}, status: {} }];
  expect(await readNodes(saying(JSON.stringify({ items })))).toMatch(
    /on m1 cannot be parsed: .*items\.0\.metadata\.name/,
  );
});

it("haproxy, which is not root, cannot put words into a command of root's", async () => {
  const state = (name: string) => `3 api-servers 1 ${name} 10.0.0.11 2 8 1`;
  const host = scriptedHost({
    answer: answering({ "show servers": `${state("m1")}\n${state("x'$(touch${IFS}/planted)'")}\n` }),
  });
  const inspection = await haproxyServers({}).inspect(host, impatient);
  expect(inspection.changes(new Set())).toEqual([{ field: "m1", from: "out of rotation", to: "in rotation" }]);
});

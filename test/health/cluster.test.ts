import { describe, expect, it, test } from "vitest";
import { apiReady, apiThroughVip } from "../../src/health/api.ts";
import { nodesReady } from "../../src/health/nodes.ts";
import { oneVipHolder } from "../../src/health/vip.ts";
import type { Result } from "../../src/remote/connection.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const VIP = "10.0.0.10";

describe("one master holds the VIP", () => {
  const carrying = (...holders: string[]) =>
    oneVipHolder(
      cluster.masters.map((machine) => {
        const vip = holders.includes(machine.name)
          ? `2: eth0    inet ${VIP}/32 scope global eth0\\       valid_lft forever\n`
          : "";
        return scriptedHost({
          machine,
          answer: () =>
            `1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet ${machine.address}/24 brd 10.0.0.255\n${vip}`,
        });
      }),
      VIP,
    ).holds(signal);

  test.each([
    [["m2"], true],
    [[], "no master holds it"],
    [["m1", "m3"], "m1 and m3 hold it at once"],
  ])("%j: %s", async (holders, expected) => {
    expect(await carrying(...holders)).toBe(expected);
  });

  it("and an address that only begins like it is another", async () => {
    const host = scriptedHost({ answer: () => "2: eth0    inet 10.0.0.101/24 scope global eth0\n" });
    expect(await oneVipHolder([host], VIP).holds(signal)).toBe("no master holds it");
  });
});

describe("the API server is ready", () => {
  const refused = "curl: (7) Failed to connect to 10.0.0.11 port 6443: Connection refused";
  test.each<[string, string | Partial<Result>, true | string]>([
    ["it says so", "200", true],
    ["etcd is away", "500", "https://10.0.0.11:6443/readyz says 500"],
    ["it is not there", { code: 7, stdout: "000", stderr: `${refused}\n` }, refused],
  ])("%s", async (_, answer, expected) => {
    expect(await apiReady(scriptedHost({ answer: () => answer })).holds(signal)).toBe(expected);
  });

  it("through the VIP where it is asked there", async () => {
    const asked: string[] = [];
    const host = scriptedHost({ answer: (script) => (asked.push(script), "200") });
    expect(await apiThroughVip(host, VIP, 8443).holds(signal)).toBe(true);
    expect(asked.join()).toContain(`https://${VIP}:8443/readyz`);
  });
});

describe("all nodes are Ready", () => {
  const node = (name: string, status = "True", message?: string) => ({
    metadata: { name },
    spec: {},
    status: {
      conditions: [
        { type: "MemoryPressure", status: "False" },
        { type: "Ready", status, message },
      ],
    },
  });
  const ready = (answer: string | Partial<Result>) =>
    nodesReady(scriptedHost({ machine: machineNamed(cluster, "m1"), answer: () => answer }), ["m1", "w1"]).holds(
      signal,
    );
  const items = (...nodes: object[]) => JSON.stringify({ items: nodes });

  test.each<[string, string | Partial<Result>, true | string]>([
    ["all are", items(node("m1"), node("w1")), true],
    ["one has not come", items(node("m1")), "w1 is no node yet"],
    [
      "one is not",
      items(node("m1"), node("w1", "False", "cni plugin not initialized")),
      "w1 is not Ready: cni plugin not initialized",
    ],
    ["one is silent", items(node("m1"), node("w1", "Unknown")), "w1 is not Ready"],
    ["a stranger is not, which is none of our business", items(node("m1"), node("w1"), node("x", "False")), true],
    [
      "a node has said nothing yet",
      items(node("m1"), { metadata: { name: "w1" }, spec: {}, status: {} }),
      "w1 is not Ready",
    ],
    ["there is no cluster", { code: 1, stderr: "no cluster here yet\n" }, "no cluster here yet"],
    ["the API says nothing", { code: 1 }, "the API server does not answer"],
  ])("%s", async (_, answer, expected) => {
    expect(await ready(answer)).toBe(expected);
  });
});

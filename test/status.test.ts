import { describe, expect, it, test } from "vitest";
import { TripodError } from "../src/errors.ts";
import type { SshTarget } from "../src/inventory/cluster.ts";
import type { Result } from "../src/remote/connection.ts";
import { readStatus, type Status } from "../src/status.ts";
import { testCluster } from "./support/cluster.ts";
import { answering, scriptedHost } from "./support/scripted-host.ts";

const cluster = testCluster({ kubernetes: { skipPhases: ["addon/coredns"] } });
const NOW = Date.parse("2026-11-27T12:00:00Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

type Answers = Readonly<Record<string, string | Partial<Result>>>;

/** What a host of a healthy cluster answers. */
function healthy(name: string): Answers {
  const { address } = cluster.machines.find((machine) => machine.name === name) ?? expect.unreachable();
  const nodes = cluster.machines.map((machine) => ({
    metadata: { name: machine.name },
    spec: {},
    status: { conditions: [{ type: "Ready", status: "True" }], nodeInfo: { kubeletVersion: "v1.36.3" } },
  }));
  const leases = [
    ...cluster.machines.map((machine) => `kube-node-lease ${machine.name} ${ago(3)} 40 ${machine.name}`),
    ...["kube-controller-manager", "kube-scheduler"].map((each) => `kube-system ${each} ${ago(1)} 15 m1_0`),
  ];
  const leader = name === "m1" ? 1 : 9;
  return {
    "get nodes": JSON.stringify({ items: nodes }),
    "get leases": `${NOW}\n${leases.join("\n")}\n`,
    "get deployment": "",
    "configmap tripod-verify": '{"data":{"result":"reached"}}',
    "addr show": `2: eth0    inet ${address}/24\n${name === "m1" ? "2: eth0    inet 10.0.0.10/32\n" : ""}keepalived active\n`,
    "endpoint status": `[{"Endpoint":"https://${address}:2379","Status":{"header":{"member_id":1},"version":"3.5.30","dbSize":1,"leader":${leader}}}]`,
    readyz: "200",
    "is-active haproxy.service": "active\n",
    "is-active keepalived.service": "active\n",
    "route show": cluster.machines.map((machine) => `10.244.1.0/24 via ${machine.address} dev eth0\n`).join(""),
  };
}

/** The state of a healthy cluster, except for the given answers of some hosts; null: the host is switched off. */
function status(of: Readonly<Record<string, Answers | null>>, unusable: TripodError[] = []): Promise<Status> {
  const hosts = cluster.machines.flatMap((machine) => {
    const answers = of[machine.name];
    if (answers === null) return [];
    return scriptedHost({ machine, answer: answering({ ...answers, ...healthy(machine.name), ...answers }) });
  });
  return readStatus(cluster, hosts, unusable);
}

test("a host behind a bastion that cannot be used is not reported as one that refused the login", async () => {
  const bastion = { ...cluster.machines[0]?.ssh, address: "gate", port: 22, user: "jump" } as SshTarget;
  const behind = cluster.machines.map((machine) => ({ ...machine, ssh: { ...machine.ssh, bastion } }));
  const unusable = new TripodError("E_UNREACHABLE", "no answer", { host: "bastion jump@gate" });
  const { problems } = await readStatus({ ...cluster, machines: behind }, [], [unusable]);
  expect(problems).toContain("m1: bastion jump@gate cannot be used");
});

describe("a cluster", () => {
  it("without problems is healthy", async () => {
    const found = await status({});
    expect(found).toMatchObject({ healthy: true, problems: [], vipHolders: ["m1"], vipStrays: [] });
    expect(found.nodes.map(({ name, ready, version }) => [name, ready, version])).toEqual(
      cluster.machines.map(({ name }) => [name, true, "v1.36.3"]),
    );
    expect("dns" in found).toBe(false);
  });

  it("whose pods were not reached stays unhealthy; one that changed since must be verified again", async () => {
    const of = (record: string) => status({ m1: { "configmap tripod-verify": record } });
    const failed = '{"data":{"result":"failed","why":"w1 gets no answer from the pod on w2 (10.244.22.2)"}}';
    expect(await of(failed)).toMatchObject({
      healthy: false,
      problems: ["Verify: w1 gets no answer from the pod on w2 (10.244.22.2)"],
    });
    expect((await of("")).problems).toEqual(["Verify: not verified since the last change: run `tripod apply -i FILE`"]);
  });

  it("with a node that is not in the inventory is healthy, and the node is named", async () => {
    const [stranger] = cluster.workers.slice(-1);
    const smaller = testCluster({
      kubernetes: { skipPhases: ["addon/coredns"] },
      workers: cluster.workers.slice(0, -1),
    });
    const hosts = smaller.machines.map((machine) =>
      scriptedHost({ machine, answer: answering(healthy(machine.name)) }),
    );
    expect(await readStatus(smaller, hosts)).toMatchObject({ healthy: true, strangers: [stranger?.name] });
  });

  it("that lost a master names it as node, API server and member of etcd, as the other masters see it", async () => {
    const refused = "curl: (28) Connection timed out after 3001 milliseconds\n";
    const others = {
      "https://10.0.0.13:6443/readyz": { code: 28, stdout: "000", stderr: refused },
      "--endpoints https://10.0.0.13:2379": { code: 1, stderr: "context deadline exceeded\n" },
      "get leases": `${NOW}\nkube-node-lease m3 ${ago(23)} 40 m3\nkube-system kube-scheduler ${ago(1)} 15 m1_0\nkube-system kube-controller-manager ${ago(1)} 15 m1_0\n`,
    };
    const { nodes, api, etcd, problems } = await status({ m1: others, m3: null }, [
      new TripodError("E_UNREACHABLE", "no answer from 10.0.0.13:22", { host: "m3" }),
    ]);
    expect(nodes[2]).toMatchObject({ name: "m3", ready: "the kubelet of m3 has not renewed its Lease for 23 s" });
    expect(api[2]).toEqual({ master: "m3", ready: refused.trim() });
    expect(etcd[2]).toEqual({ master: "m3", member: "context deadline exceeded" });
    expect(problems).toEqual([
      "m3: no answer from 10.0.0.13:22",
      "node m3: the kubelet of m3 has not renewed its Lease for 23 s",
      `API server on m3: ${refused.trim()}`,
      "etcd on m3: context deadline exceeded",
    ]);
  });

  it("without a reachable master reports that for every part", async () => {
    const { nodes, api, etcd, healthy: well } = await status({ m1: null, m2: null, m3: null });
    const said = [
      ...nodes.map(({ ready }) => ready),
      ...api.map(({ ready }) => ready),
      ...etcd.map(({ member }) => member),
    ];
    expect([new Set(said), said.length, well]).toEqual([new Set(["no master could be reached"]), 11, false]);
  });

  it("without a reachable master has that one problem, and none that only a master could show", async () => {
    const refused = cluster.masters.map(
      ({ name }) => new TripodError("E_UNREACHABLE", "nothing listens there", { host: name }),
    );
    const { problems } = await status({ m1: null, m2: null, m3: null }, refused);
    expect(problems).toEqual([
      ...cluster.masters.map(({ name }) => `${name}: nothing listens there`),
      "no master could be reached",
    ]);
    const stray = { "addr show": "2: eth0    inet 10.0.0.10/24\n" };
    expect((await status({ m1: null, m2: null, m3: null, w1: stray }, refused)).problems.slice(3)).toEqual([
      "no master could be reached",
      "w1 has 10.0.0.10/24 on eth0, which keepalived did not add: `ip addr del 10.0.0.10/24 dev eth0` there removes it",
    ]);
  });
});

describe("a cluster with a problem", () => {
  it.each<[string, Readonly<Record<string, Answers>>, string]>([
    [
      "whose VIP somebody wrote on a standby master",
      { m2: { "addr show": "2: eth0    inet 10.0.0.12/24\n2: eth0    inet 10.0.0.10/24\nkeepalived active\n" } },
      "m2 has 10.0.0.10/24 on eth0, which keepalived did not add: `ip addr del 10.0.0.10/24 dev eth0` there removes it",
    ],
    [
      "one of whose masters could not take the VIP",
      { m3: { "is-active haproxy.service": "failed\nno room\n" } },
      "load balancer on m3: haproxy.service is failed: no room",
    ],
    [
      "one of whose workers does not reach pods",
      { w2: { "route show": "10.244.12.0/24 via 10.0.0.12 dev eth0\n" } },
      "pod network on w2: no route to the pods of m1, m3, w1: run `systemctl restart tripod-pod-routes` on w2",
    ],
    [
      "one of whose members cannot read its log",
      {
        m2: {
          "endpoint status": {
            code: 1,
            stdout:
              'etcd.service activating\n{"level":"fatal","msg":"discovery failed","error":"walpb: crc mismatch"}\n',
          },
        },
      },
      "etcd on m2: etcd.service is activating: discovery failed: walpb: crc mismatch (its data is damaged: see docs/health.md for how to replace the member)",
    ],
    ["whose DNS does not answer", { m1: { "get deployment": "2 2\n\n" } }, "DNS: no answer at 10.96.0.10"],
  ])("%s is unhealthy", async (_, of, problem) => {
    const { healthy: well, problems } = await status(of);
    expect([well, problems]).toEqual([false, [problem]]);
  });
});

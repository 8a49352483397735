import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { parseInventory } from "../../src/inventory/load.ts";
import type { Operator } from "../../src/inventory/operator.ts";

const ME: Operator = { home: "/home/me", agent: true, keys: ["/home/me/.ssh/id_ed25519"] };

function cluster(more = "", { own = "", me = ME }: { own?: string; me?: Operator } = {}): Cluster {
  const text = `name: small
kubernetes: { version: "1.36.3" }
${more.includes("loadBalancer") ? "" : "loadBalancer: { vip: 10.7.3.10 }"}
masters:
  - { name: m1, address: 10.7.3.11, ${own} }
${more}`;
  return parseInventory(text, "/etc/tripod/cluster.yaml", me);
}

const ssh = (...args: Parameters<typeof cluster>) => cluster(...args).machines[0]?.ssh;

describe("a missing value has a default", () => {
  it("for every setting", () => {
    expect(cluster()).toMatchObject({
      file: "/etc/tripod/cluster.yaml",
      workers: [],
      kubernetes: { minor: 36, podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12", mastersSchedulable: false },
      software: {},
      etcd: { keys: "ecdsa-p256", heartbeat: 100, election: 1000, validity: 365, renewBefore: 30 },
      loadBalancer: { subnet: "10.7.3.0/24", routerId: 51, advertInterval: 200, haproxy: true, port: 8443 },
      containerd: { restrictOomScoreAdj: false },
      network: { cni: "bridge" },
    });
  });

  it("which without haproxy is the API server's own port", () => {
    expect(cluster("loadBalancer: { vip: 10.7.3.10, haproxy: false }").loadBalancer.port).toBe(6443);
  });
});

describe("SSH connects", () => {
  it("as ssh itself would, if nothing is set", () => {
    expect(ssh()).toEqual({
      address: "10.7.3.11",
      port: 22,
      user: "root",
      identityFiles: ["/home/me/.ssh/id_ed25519"],
      agent: true,
      knownHostsFiles: ["/home/me/.ssh/known_hosts"],
    });
  });

  it("without an agent if there is none, or if it is disabled", () => {
    const agents = [
      ssh("", { me: { ...ME, agent: false } }),
      ssh("ssh: { agent: true }", { me: { ...ME, agent: false } }),
    ];
    expect([...agents, ssh("ssh: { agent: false }")].map((target) => target?.agent)).toEqual([false, false, false]);
  });

  it("by the machine's own settings before the cluster's, key by key", () => {
    const all = "ssh: { user: admin, port: 2222, keys: [a, ~/b] }";
    expect(ssh(all, { own: "ssh: { port: 22, address: m1.example.org }" })).toMatchObject({
      address: "m1.example.org",
      port: 22,
      user: "admin",
      identityFiles: ["/etc/tripod/a", "/home/me/b"],
    });
  });

  it("with the machine's one key instead of the cluster's several", () => {
    expect(ssh("ssh: { keys: [a, b] }", { own: "ssh: { key: ../c }" })?.identityFiles).toEqual(["/etc/c"]);
  });

  it("through a bastion with the cluster's login, whatever the machine's own", () => {
    const all = "ssh: { user: admin, port: 2222, key: a, knownHosts: [hosts], bastion: { address: gate.example.org } }";
    expect(ssh(all, { own: "ssh: { user: root, key: b }" })).toMatchObject({
      user: "root",
      identityFiles: ["/etc/tripod/b"],
      bastion: {
        address: "gate.example.org",
        port: 22,
        user: "admin",
        identityFiles: ["/etc/tripod/a"],
        knownHostsFiles: ["/etc/tripod/hosts"],
      },
    });
  });

  it("through a machine's own bastion with its own login", () => {
    const own = "ssh: { key: b, bastion: { address: gate, user: jump, port: 2200, keys: [c] } }";
    expect(ssh("ssh: { bastion: { address: other } }", { own })?.bastion).toMatchObject({
      address: "gate",
      port: 2200,
      user: "jump",
      identityFiles: ["/etc/tripod/c"],
    });
  });

  it("through a bastion whose place in the inventory is known", () => {
    const all = "ssh: { bastion: { address: gate } }";
    const [ofAll, ofMachine] = [ssh(all), ssh(all, { own: "ssh: { bastion: { address: other } }" })];
    const column = (target: typeof ofAll) => target?.bastion?.origin?.column;
    expect([column(ofAll), column(ofMachine)]).toEqual([all.indexOf("gate") + 1, expect.any(Number)]);
    expect(ofMachine?.bastion?.origin?.line).not.toBe(ofAll?.bastion?.origin?.line);
  });
});

describe("a cluster", () => {
  it("is deeply frozen, and the operator's values are not", () => {
    const frozen = cluster(
      "ssh: { bastion: { address: gate } }\nworkers:\n  - { name: w1, address: 10.7.3.21, labels: { a: b } }\n",
    );
    const parts = [frozen, frozen.machines, frozen.workers[0]?.labels, frozen.kubernetes.kubelet];
    expect([...parts, frozen.masters[0]?.ssh.bastion?.identityFiles].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(ME.keys)).toBe(false);
  });

  it("parses taints", () => {
    const own = 'taints: ["dedicated=gpu:NoSchedule", "old:NoExecute", "empty=:PreferNoSchedule"]';
    expect(cluster("", { own }).masters[0]?.taints).toEqual([
      { key: "dedicated", value: "gpu", effect: "NoSchedule" },
      { key: "old", effect: "NoExecute" },
      { key: "empty", effect: "PreferNoSchedule" },
    ]);
  });
});

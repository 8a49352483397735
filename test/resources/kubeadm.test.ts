import { rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { initConfig, joinConfig } from "../../src/config/kubeadm.ts";
import type { Host } from "../../src/host.ts";
import { kubeadmInit, kubeadmJoin } from "../../src/resources/kubeadm.ts";
import { Secret } from "../../src/secret.ts";
import { testCluster, testMachine } from "../support/cluster.ts";
import { killSwitch } from "../support/connections.ts";
import { over, type ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { clusterStory, type ThrowAwayCluster } from "../support/throw-away-cluster.ts";
import { failure } from "../support/sshd.ts";
import { changesIn, walk } from "../support/walk.ts";

const cluster = testCluster({
  masters: [testMachine("m1", "10.0.0.11", "master")],
  workers: [testMachine("w1", "10.0.0.21", "worker")],
});
const token = new Secret("abcdef.0123456789abcdef");

const init = ({ host }: { readonly host: Host }) => [
  kubeadmInit({
    leader: host,
    controlPlane: true,
    config: () => Promise.resolve(initConfig(cluster, host.machine, { token })),
    flags: [],
    lastObject: "-n kube-system daemonset/kube-proxy",
  }),
];
const joining = (host: Host, leader: Host) => [
  kubeadmJoin({
    leader,
    controlPlane: host.machine.role === "master",
    config: () => Promise.resolve(joinConfig(cluster, host.machine, { token, caCertHash: "sha256:00" })),
    flags: [],
  }),
];

function withKubelet(machine: ThrowAwayMachine): void {
  machine.write("/etc/systemd/system/kubelet.service", "[Service]\n[Install]\n");
}

/** A cluster of m1 alone; and w1, which may join. */
async function foundedAt(machines: ThrowAwayCluster): Promise<[ThrowAwayMachine, ThrowAwayMachine]> {
  const [leader, worker] = [machines.machine("m1"), machines.machine("w1")];
  withKubelet(leader);
  withKubelet(worker);
  await walk(leader.host, init(leader));
  return [leader, worker];
}

/** kubeadm stops almost at its end, its node registered. */
async function almostThrough(machine: ThrowAwayMachine) {
  withKubelet(machine);
  await machine.connection.run("mkfifo /fakes/reached /fakes/gate");
  const host = over(machine.host, killSwitch(2).through(machine.connection));
  await expect(walk(host, init({ host }))).rejects.toThrow("killed");
  expect(await readFile(join(machine.root, "fakes/reached"), "utf8")).toBe("almost done\n");
  rmSync(join(machine.root, "fakes/reached"));
  return { goOn: () => writeFile(join(machine.root, "fakes/gate"), "\n") };
}

machineStory("Tripod waits for a kubeadm that a killed run has left running", async (machine) => {
  const { goOn } = await almostThrough(machine);
  let opened: Promise<void> | undefined;
  const events = await walk(machine.host, init(machine), "apply", (event) => {
    if (event.type === "condition.waiting") opened ??= goOn();
  });
  await opened;
  expect(changesIn(events)).toEqual([{ field: "member", from: "not yet: kubeadm init is still running", to: "yes" }]);
  expect(events.filter(({ type }) => type === "condition.met")).toMatchObject([
    { condition: "kubeadm init of an earlier run ends" },
  ]);
  expect(machine.read("/fakes/cluster/objects/DaemonSet.kube-proxy")).toBe("kind: DaemonSet\n");
});

machineStory(
  "a kubeadm init that a power cut interrupted is run again, although its node is in the API",
  async (machine) => {
    await almostThrough(machine);
    await machine.connection.run("kill -9 $(cat /run/tripod/kubeadm-init.pid)");
    for (const path of ["run/tripod", "fakes/units/tripod-kubeadm-init.service.active"])
      rmSync(join(machine.root, path), { recursive: true, force: true });
    expect(changesIn(await walk(machine.host, init(machine)))).toEqual([
      { field: "member", from: "no: kubeadm init did not finish", to: "yes" },
    ]);
    expect(changesIn(await walk(machine.host, init(machine), "plan"))).toEqual([]);
  },
);

machineStory(
  "a kube-proxy that was deleted from a cluster of several nodes is not installed again",
  async (machine) => {
    withKubelet(machine);
    await walk(machine.host, init(machine));
    machine.write("/fakes/cluster/nodes/w1/labels", "");
    rmSync(join(machine.root, "fakes/cluster/objects/DaemonSet.kube-proxy"));
    expect(changesIn(await walk(machine.host, init(machine), "plan"))).toEqual([]);
  },
);

clusterStory(
  "a member whose kubelet was stopped does not join again: its kubelet is started",
  cluster,
  async (machines) => {
    const [m1, w1] = [machines.machine("m1"), machines.machine("w1")];
    withKubelet(m1);
    withKubelet(w1);
    await walk(m1.host, init(m1));
    const asWorker = joining(w1.host, m1.host);
    await walk(w1.host, asWorker);
    await w1.host.connection.run("systemctl stop kubelet");
    const stopped = { field: "kubelet", from: "inactive", to: "active" };
    expect(changesIn(await walk(w1.host, asWorker))).toEqual([stopped]);
    expect(changesIn(await walk(w1.host, asWorker))).toEqual([]);
  },
);

machineStory(
  "kubeadm's last lines are shown when it fails, with the place of its log; no command that reads from stdin is suggested",
  async (machine) => {
    withKubelet(machine);
    machine.write("/fakes/broken/kubeadm", "");
    const error = await failure(walk(machine.host, init(machine)));
    expect(error).toMatchObject({ code: "E_COMMAND", message: "kubeadm init failed", details: { host: "m1" } });
    const log = /(\S+kubeadm-init\.log) there/.exec(error.details.hint ?? "")?.[1] ?? "no log is named";
    expect((await machine.host.read(`cat ${log}`)).stdout).toContain("[ERROR NumCPU]");
    expect(error.details.hint).not.toContain("run the command above");
    expect(error.details.why).toMatch(/\[ERROR NumCPU\]\n\n\$ kubeadm init --config \/dev\/stdin/);
  },
);

machineStory("the plan shows that the cluster does not exist yet", async (machine) => {
  expect(changesIn(await walk(machine.host, joining(machine.host, machine.host), "plan"))).toEqual([
    {
      field: "member",
      from: "no: no cluster here yet; its kubelet has no credentials; it has no API server",
      to: "yes",
    },
  ]);
});

machineStory("a kubeadm init whose connection breaks is run again in the same run", async (machine) => {
  withKubelet(machine);
  machine.write("/fakes/broken/connection", "once\n");
  const said: string[] = [];
  await walk(machine.host, init(machine), "apply", (event) => {
    if (event.type === "progress") said.push(event.text);
  });
  expect(said).toContain("kubeadm init lost its connection to the API and is run again");
  expect(changesIn(await walk(machine.host, init(machine), "plan"))).toEqual([]);
});

machineStory("a connection that breaks twice is an error: kubeadm's last lines are shown", async (machine) => {
  withKubelet(machine);
  machine.write("/fakes/broken/connection", "once\ntwice\nthree times\n");
  expect(await failure(walk(machine.host, init(machine)))).toMatchObject({
    code: "E_COMMAND",
    message: "kubeadm init failed",
    details: { why: expect.stringContaining("software caused connection abort") as string },
  });
  expect(machine.read("/fakes/broken/connection")).toBe("three times\n");
});

clusterStory(
  "a join whose connection breaks is run again, after its half-registered node is deleted",
  cluster,
  async (machines) => {
    const [leader, worker] = await foundedAt(machines);
    worker.write("/fakes/broken/connection", "once\n");
    await walk(worker.host, joining(worker.host, leader.host));
    expect(changesIn(await walk(worker.host, joining(worker.host, leader.host), "plan"))).toEqual([]);
  },
);

machineStory(
  "only until kubeadm init has ended, connections to the endpoint go to the API server on the same host",
  async (machine) => {
    withKubelet(machine);
    await machine.connection.run("mkfifo /fakes/reached /fakes/gate");
    const endpoint = { vip: "10.0.0.10", port: 8443 };
    const resources = [
      kubeadmInit({
        leader: machine.host,
        controlPlane: true,
        config: () => Promise.resolve(initConfig(cluster, machine.host.machine, { token })),
        flags: [],
        endpoint,
      }),
    ];
    const running = walk(machine.host, resources);
    expect(await readFile(join(machine.root, "fakes/reached"), "utf8")).toBe("almost done\n");
    expect(machine.read("/fakes/iptables")).toMatch(
      /^nat OUTPUT -d 10\.0\.0\.10\/32 -p tcp --dport 8443 .*--to-destination 10\.0\.0\.11:6443$/m,
    );
    await writeFile(join(machine.root, "fakes/gate"), "\n");
    await running;
    expect(machine.read("/fakes/iptables")).toBe("");

    // As if the unit had been killed together with kubeadm.
    await machine.connection.run(
      `iptables -w -t nat -A OUTPUT -d 10.0.0.10/32 -p tcp --dport 8443 -m comment --comment tripod-kubeadm-init -j DNAT --to-destination 10.0.0.11:6443`,
    );
    expect(changesIn(await walk(machine.host, resources))).toEqual([
      { field: "redirect", from: "left by a kubeadm init that was killed", to: "absent" },
    ]);
    expect(machine.read("/fakes/iptables")).toBe("");
  },
);

clusterStory("Tripod waits for the kubelet of a join that ends before it has registered", cluster, async (machines) => {
  const [leader, worker] = await foundedAt(machines);
  worker.write("/fakes/broken/registration", "");
  let waited = false;
  await walk(worker.host, joining(worker.host, leader.host), "apply", (event) => {
    if (event.type !== "condition.waiting" || !event.reason.includes("the API has no node of this name")) return;
    waited = true;
    rmSync(join(worker.root, "fakes/broken/registration"), { force: true });
  });
  expect(waited).toBe(true);
});

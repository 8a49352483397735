import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { etcdEnvironment } from "../../src/config/etcd.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { etcdMember } from "../../src/resources/etcd-member.ts";
import { readExistingState } from "../../src/existing/read.ts";
import { testCluster } from "../support/cluster.ts";
import { recording } from "../support/connections.ts";
import { over } from "../support/machine.ts";
import { failure } from "../support/sshd.ts";
import { impatient } from "../support/working.ts";
import { clusterStory, type ThrowAwayCluster } from "../support/throw-away-cluster.ts";
import { changesIn, walk } from "../support/walk.ts";

const cluster = testCluster({ workers: [] });
const ENVIRONMENT = "/etc/etcd/etcd.env";
const BOOTSTRAP = "/run/tripod/etcd-bootstrap.env";

/** Masters with etcd's unit and settings, where nothing has ever been started. */
function prepare(machines: ThrowAwayCluster): void {
  for (const machine of cluster.masters) {
    machines.machine(machine.name).write("/etc/systemd/system/etcd.service", "[Service]\n[Install]\n");
    machines.machine(machine.name).write(ENVIRONMENT, etcdEnvironment(cluster, machine));
  }
}

const member = async (machines: ThrowAwayCluster, alone = <T>(work: () => Promise<T>) => work()) => {
  const { members, clusterExists } = await readExistingState(cluster, machines.hosts);
  return [etcdMember({ masters: machines.hosts, members, clusterExists, reads: [ENVIRONMENT], alone })];
};
const start = async (machines: ThrowAwayCluster, ...names: string[]) => {
  const resources = await member(machines);
  return Promise.all(names.map((name) => walk(machines.machine(name).host, resources)));
};

/** Takes a member's process and its data away, as a new disk does. */
async function loseData(machines: ThrowAwayCluster, name: string): Promise<void> {
  const machine = machines.machine(name);
  await machine.connection.run("systemctl stop etcd");
  rmSync(join(machine.root, "var/lib/etcd/member"), { recursive: true });
  rmSync(join(machine.root, `fakes/cluster/etcd/${name}.runs`));
}

clusterStory(
  "members that have never run found a cluster together, and `new` is forgotten at once",
  cluster,
  async (machines) => {
    prepare(machines);
    await start(machines, "m1", "m2", "m3");
    for (const { name } of cluster.masters) {
      const { stdout } = await machines.machine(name).host.read(`systemctl is-active etcd; ls ${BOOTSTRAP} 2>&1`);
      expect(stdout).toMatch(/^active\n.*No such file/);
      expect(changesIn(await walk(machines.machine(name).host, await member(machines), "plan"))).toEqual([]);
    }
  },
);

clusterStory(
  "the etcd that Debian's package has started on every master gives way to the members",
  cluster,
  async (machines) => {
    for (const { name } of cluster.masters) {
      machines.machine(name).write("/var/lib/etcd/default/member/snap/db", "");
      machines.machine(name).write("/fakes/units/etcd.service.active", "");
      machines.machine(name).age("/fakes/units/etcd.service.active", 60);
    }
    prepare(machines);
    const said = await start(machines, "m1", "m2", "m3");
    for (const events of said)
      expect(changesIn(events)).toContainEqual({
        field: "running",
        from: "an etcd without this member's data",
        to: "this member",
      });
    for (const { name } of cluster.masters)
      expect(changesIn(await walk(machines.machine(name).host, await member(machines), "plan"))).toEqual([]);
  },
);

clusterStory("a member that comes late to a cluster it belongs to joins what is there", cluster, async (machines) => {
  prepare(machines);
  await start(machines, "m1", "m2");
  const late = machines.machine("m3");
  const wire = recording(late.connection);
  await walk(over(late.host, wire), await member(machines));
  expect(wire.scripts.join("\n")).not.toContain("ETCD_INITIAL_CLUSTER_STATE=new");
  expect((await late.host.read("systemctl is-active etcd")).stdout).toBe("active\n");
});

clusterStory(
  "a start that was killed before `new` was taken away is made good by the next run",
  cluster,
  async (machines) => {
    prepare(machines);
    await start(machines, "m1", "m2", "m3");
    machines.machine("m1").write(BOOTSTRAP, "ETCD_INITIAL_CLUSTER_STATE=new\n");
    expect(changesIn((await start(machines, "m1"))[0] ?? [])).toEqual([
      { field: "initial-cluster-state", from: "new", to: "existing" },
    ]);
    expect((await machines.machine("m1").host.read(`[ -e ${BOOTSTRAP} ]`)).code).toBe(1);
  },
);

clusterStory("a member that is down with its data is started as what it was", cluster, async (machines) => {
  prepare(machines);
  await start(machines, "m1", "m2", "m3");
  await machines.machine("m2").connection.run("systemctl stop etcd");
  expect(changesIn((await start(machines, "m2"))[0] ?? [])).toEqual([
    { field: "running", from: "inactive", to: "active" },
  ]);
});

clusterStory("a member that has lost its data is not started: it must be replaced", cluster, async (machines) => {
  prepare(machines);
  await start(machines, "m1", "m2", "m3");
  await loseData(machines, "m2");
  expect(await failure(start(machines, "m2"))).toMatchObject({
    code: "E_REFUSED",
    message: "its etcd member cannot be started without its data",
    details: { host: "m2", origin: { line: 12 }, why: "its member was running before, but its data is missing" },
  });
  expect((await machines.machine("m2").host.read("systemctl is-active etcd")).stdout).toBe("inactive\n");
});

clusterStory("a machine that the running cluster does not know is not let in by itself", cluster, async (machines) => {
  prepare(machines);
  await start(machines, "m1", "m2", "m3");
  await loseData(machines, "m3");
  for (const name of ["m1", "m2"]) {
    const others = machines.machine(name);
    others.write(ENVIRONMENT, others.read(ENVIRONMENT).replace(",m3=https://10.0.0.13:2380", ""));
  }
  expect(await failure(start(machines, "m3"))).toMatchObject({
    code: "E_REFUSED",
    details: { host: "m3", why: "the running cluster has no member at this address" },
  });
});

clusterStory(
  "without a quorum, a cluster that has served Kubernetes is not created a second time",
  cluster,
  async (machines) => {
    prepare(machines);
    machines.machine("m2").write("/etc/kubernetes/manifests/kube-apiserver.yaml", "kind: Pod\n");
    expect(await failure(start(machines, "m1"))).toMatchObject({
      code: "E_REFUSED",
      details: { why: "it has no data, the cluster already exists, and no quorum answers" },
    });
  },
);

clusterStory("a changed setting restarts every member, each in a turn of its own", cluster, async (machines) => {
  prepare(machines);
  await start(machines, "m1", "m2", "m3");
  for (const { name } of cluster.masters) machines.machine(name).age("/fakes/units/etcd.service.active", 60);
  let turn = "nobody's";
  const restarts: string[] = [];
  for (const host of machines.hosts) {
    const alone = async <T>(work: () => Promise<T>) => {
      turn = host.name;
      const result = await work();
      turn = "nobody's";
      return result;
    };
    const connection: Connection = {
      ...host.connection,
      run(script, options) {
        if (script.includes("systemctl restart etcd")) restarts.push(`${host.name} in ${turn} turn`);
        return host.connection.run(script, options);
      },
    };
    expect(changesIn(await walk({ ...host, connection }, await member(machines, alone)))).toEqual([
      { field: "restarted", from: `older than ${ENVIRONMENT}`, to: "again, one member at a time" },
    ]);
  }
  expect(restarts).toEqual(["m1 in m1 turn", "m2 in m2 turn", "m3 in m3 turn"]);
});

clusterStory("no member is restarted while another is down", cluster, async (machines) => {
  prepare(machines);
  await start(machines, "m1", "m2", "m3");
  const m1 = machines.machine("m1");
  m1.age("/fakes/units/etcd.service.active", 60);
  await machines.machine("m3").connection.run("systemctl stop etcd; rm /fakes/cluster/etcd/m3.runs");
  const [own] = await member(machines);
  const wire = recording(m1.connection);
  const inspection = await own?.inspect(over(m1.host, wire), impatient);
  await expect(inspection?.apply()).rejects.toThrow("etcd on m3 is healthy: etcd.service is inactive");
  expect(wire.scripts.join("\n")).not.toContain("systemctl restart etcd");
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { bootstrap, modestCluster } from "../support/bootstrap.ts";
import { recording } from "../support/connections.ts";
import type { Entry } from "../support/listing.ts";
import { noMachine, over } from "../support/machine.ts";
import { because } from "../support/programs.ts";
import { throwAwayCluster, type ThrowAwayCluster } from "../support/throw-away-cluster.ts";
import { changesIn } from "../support/walk.ts";

const cluster = modestCluster();
const TOKEN = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/;

describe.skipIf(noMachine)(`all phases, on five empty machines${because(noMachine)}`, () => {
  let machines: ThrowAwayCluster;
  const said: Record<"plan" | "apply" | "again" | "planAgain", RunEvent[]> = {
    plan: [],
    apply: [],
    again: [],
    planAgain: [],
  };
  const states: Entry[][][] = [];
  let scripts = "";

  beforeAll(async () => {
    machines = await throwAwayCluster(cluster);
    const wires = machines.hosts.map(({ connection }) => recording(connection));
    const hosts = machines.hosts.map((host, index) => over(host, wires[index] ?? host.connection));
    const look = () => states.push(cluster.machines.map(({ name }) => machines.machine(name).listing()));
    look();
    said.plan = await bootstrap(cluster, hosts, "plan");
    look();
    said.apply = await bootstrap(cluster, hosts);
    look();
    said.again = await bootstrap(cluster, hosts);
    said.planAgain = await bootstrap(cluster, hosts, "plan");
    look();
    scripts = wires.flatMap((wire) => wire.scripts).join("\n");
  }, 120_000);
  afterAll(() => machines[Symbol.asyncDispose]());

  it("a plan lists many changes and writes nothing, on any machine", () => {
    expect(changesIn(said.plan).length).toBeGreaterThan(100);
    expect(states[1]).toEqual(states[0]);
  });

  it("an apply makes a cluster of them, with etcd and the VIP where they belong", async () => {
    expect(said.apply.at(-1)).toMatchObject({ type: "run.end", outcome: "ok" });
    const [m1, m2] = machines.hosts;
    const nodes = await m1?.read("kubectl get nodes -o json | grep -o '\"name\":\"[a-z0-9]*' | cut -d'\"' -f4");
    expect(nodes?.stdout).toBe("m1\nm2\nm3\nw1\nw2\n");
    expect((await m2?.read("etcdctl endpoint health"))?.code).toBe(0);
    const holders = await Promise.all(machines.hosts.map((host) => host.read("ip -o addr | grep -c 10.0.0.10/32")));
    expect(holders.map(({ stdout }) => stdout.trim())).toEqual(["1", "0", "0", "0", "0"]);
  });

  it("everything in the plan is then changed, and nothing else but what is known only after the apply", () => {
    const resources = (events: readonly RunEvent[]) =>
      events.flatMap((event) => (event.type === "resource.change" ? [`${event.host} ${event.resource}`] : []));
    const [planned, changed] = [new Set(resources(said.plan)), new Set(resources(said.apply))];
    expect([...planned].filter((each) => !changed.has(each))).toEqual([]);
    expect([...changed].filter((each) => !planned.has(each)).toSorted()).toEqual(["m1 bootstrap-token:none left"]);
  });

  it("a second apply and a plan are empty, and touch nothing", () => {
    expect(changesIn(said.again)).toEqual([]);
    expect(changesIn(said.planAgain)).toEqual([]);
    expect(states[3]).toEqual(states[2]);
  });

  it("a converged cluster is checked in about one round trip for each phase and host, and one more where it waits for something", () => {
    const end = said.again.find((event) => event.type === "run.end");
    for (const { name } of cluster.machines) {
      const steps = said.again.filter((event) => event.type === "step.start" && event.host === name).length;
      expect(end?.roundTrips[name], name).toBeLessThanOrEqual(steps + 5);
    }
  });

  it("no key and no token was ever in a script or in an event", () => {
    const seen = `${scripts}\n${JSON.stringify(said)}`;
    expect(seen).not.toContain("PRIVATE KEY");
    expect(seen).not.toMatch(TOKEN);
    for (const { name } of cluster.masters) {
      const master = machines.machine(name);
      const keys = master.listing().filter(({ path }) => path.endsWith(".key"));
      expect(keys).toHaveLength(9);
      for (const { path } of keys) expect(seen).not.toContain(master.read(path).split("\n")[1]);
    }
  });
});

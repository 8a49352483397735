import { expect } from "vitest";
import { isAway, TripodError } from "../../src/errors.ts";
import { readVerifyRecord } from "../../src/resources/verify-record.ts";
import { workload } from "../../src/resources/workload.ts";
import { killSwitch } from "../support/connections.ts";
import { over, type ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { standing } from "../support/standing.ts";
import { changesIn, walk } from "../support/walk.ts";
import { impatient } from "../support/working.ts";

const tried = ({ host }: Pick<ThrowAwayMachine, "host">, changed = true) => [
  workload({
    changed,
    leader: host,
    hosts: [host],
    image: "registry.example/pause:3.2",
    serviceAddress: "10.96.0.1",
  }),
];
const objects = async ({ host }: ThrowAwayMachine) =>
  (await host.read("ls /fakes/cluster/objects 2>/dev/null")).stdout.trim().split("\n");
const deaf = (machine: ThrowAwayMachine) => machine.write("/usr/local/sbin/ping", "#!/bin/sh\nexit 1\n", 0o755);
const hearing = (machine: ThrowAwayMachine) => machine.write("/usr/local/sbin/ping", "#!/bin/sh\n", 0o755);
const failed = async (machine: ThrowAwayMachine, working = impatient) => {
  const inspection = await tried(machine)[0]?.inspect(machine.host, working);
  return inspection?.apply().catch((error: unknown) => error);
};
const AIM = "a pod on every node, reached from every host";

machineStory("a pod on every node is reached from every host, and removed; the result is recorded", async (machine) => {
  standing(machine);
  expect(changesIn(await walk(machine.host, tried(machine)))).toEqual([
    { field: "workload", from: "not checked since the last change", to: AIM },
  ]);
  expect(await objects(machine)).toEqual(["ConfigMap.tripod-verify"]);
  expect(await readVerifyRecord(machine.host)).toEqual({
    result: "reached",
    at: expect.stringMatching(/^\d{4}-/) as string,
  });
  expect(changesIn(await walk(machine.host, tried(machine, false)))).toEqual([]);
});

machineStory(
  "a failure is not forgotten: it is due until it has been reached, though nothing else changes",
  async (machine) => {
    standing(machine);
    deaf(machine);
    await failed(machine);
    expect(await readVerifyRecord(machine.host)).toMatchObject({ result: "failed" });
    const why =
      "failed: every host reaches the pods on the others, and the Service: m1 gets no answer from the pod on m1 (10.244.1.1)";
    const plan = changesIn(await walk(machine.host, tried(machine, false), "plan"));
    expect(plan).toEqual([{ field: "workload", from: why, to: AIM }]);
    hearing(machine);
    expect(changesIn(await walk(machine.host, tried(machine, false)))).toEqual(plan);
    expect(changesIn(await walk(machine.host, tried(machine, false)))).toEqual([]);
  },
);

machineStory("what a killed run has left on the nodes is taken away by the next, and tried again", async (machine) => {
  standing(machine);
  const host = over(machine.host, killSwitch(3).through(machine.connection));
  await expect(walk(host, tried({ host }))).rejects.toThrow("killed");
  expect(await objects(machine)).toEqual(["ConfigMap.tripod-verify", "DaemonSet.tripod-verify"]);
  expect(changesIn(await walk(machine.host, tried(machine, false)))).toEqual([
    { field: "daemonset", from: "left by an interrupted run", to: "absent" },
    { field: "workload", from: "not checked since the last change", to: AIM },
  ]);
  expect(await objects(machine)).toEqual(["ConfigMap.tripod-verify"]);
});

machineStory("a pod that cannot be reached is named, and the workload is taken away all the same", async (machine) => {
  standing(machine);
  deaf(machine);
  expect(String(await failed(machine))).toContain("m1 gets no answer from the pod on m1 (10.244.1.1)");
  expect(await objects(machine)).toEqual(["ConfigMap.tripod-verify"]);
});

machineStory("to be stopped, or to lose a host, is no failure of the cluster: it stays due", async (machine) => {
  standing(machine);
  const stopped = { ...impatient, signal: AbortSignal.abort(), wait: () => Promise.reject(new Error("Ctrl-C")) };
  expect(String(await failed(machine, stopped))).toContain("Ctrl-C");
  expect(await readVerifyRecord(machine.host)).toEqual({ result: "due" });
  const lost = { ...impatient, wait: () => Promise.reject(new TripodError("E_CONNECTION_LOST", "gone")) };
  expect(isAway(await failed(machine, lost))).toBe(true);
  expect(await readVerifyRecord(machine.host)).toEqual({ result: "due" });
});

machineStory("the reason of the failure is reported, even if the API server cannot record it", async (machine) => {
  standing(machine);
  const silent = {
    ...impatient,
    wait: () => {
      machine.write("/fakes/broken/api", "");
      return Promise.reject(new Error("no answer from a pod"));
    },
  };
  expect(String(await failed(machine, silent))).toContain("no answer from a pod");
  expect(changesIn(await walk(machine.host, tried(machine, false), "plan"))).toMatchObject([
    { from: expect.stringContaining("not known: The connection to the server was refused") as string },
  ]);
});

const pods = (...items: object[]) =>
  JSON.stringify({ items: [{ kind: "DaemonSet", metadata: { uid: "new" } }, ...items] });
const pod = (status: object, uid = "new") => ({
  kind: "Pod",
  metadata: { name: "pod-1", ownerReferences: [{ uid }] },
  spec: { nodeName: "m1" },
  status,
});

machineStory("a pod that does not run is reported with the reason and the node that lacks it", async (machine) => {
  standing(machine);
  const waiting = { waiting: { reason: "ErrImagePull", message: "no such image" } };
  machine.write("/fakes/pods", pods(pod({ phase: "Pending", containerStatuses: [{ state: waiting }] })));
  expect(String(await failed(machine))).toContain("0 of 1 are running, none on m1: no such image");
});

machineStory("neither a pod of the try before nor an address that is none is taken for an answer", async (machine) => {
  standing(machine);
  const old = pod({ phase: "Running", podIP: "10.244.1.1" }, "old");
  const addresses = ["10.244.1.1; touch /hurt", "$(touch /hurt)", "-h", "10.244", "pod.example", "::1", "fe80::1%eth0"];
  for (const podIP of addresses) {
    machine.write("/fakes/pods", pods(old, pod({ phase: "Running", podIP })));
    expect(String(await failed(machine))).toContain("0 of 1 are running, none on m1");
  }
  expect((await machine.host.read("ls /hurt")).code).not.toBe(0);
});

import { expect } from "vitest";
import { workload } from "../../src/resources/workload.ts";
import { killSwitch } from "../support/connections.ts";
import { over, type ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { standing } from "../support/standing.ts";
import { changesIn, walk } from "../support/walk.ts";
import { impatient } from "../support/working.ts";

const tried = ({ host }: Pick<ThrowAwayMachine, "host">, due = true) => [
  workload({
    due,
    leader: host,
    hosts: [host],
    replicas: 2,
    image: "registry.example/pause:3.2",
    serviceAddress: "10.96.0.1",
  }),
];
const objects = async ({ host }: ThrowAwayMachine) =>
  (await host.read("ls /fakes/cluster/objects 2>/dev/null")).stdout.trim();

machineStory("a workload is scheduled, reached and taken away", async (machine) => {
  standing(machine);
  expect(changesIn(await walk(machine.host, tried(machine)))).toEqual([
    {
      field: "workload",
      from: "not tried since the change",
      to: "2 pods scheduled and reached from every host",
    },
  ]);
  expect(await objects(machine)).toBe("");
});

machineStory("nothing is tried where nothing was changed", async (machine) => {
  standing(machine);
  expect(changesIn(await walk(machine.host, tried(machine, false)))).toEqual([]);
});

machineStory(
  "what a killed run has left scheduled is taken away by the next, though that changes nothing",
  async (machine) => {
    standing(machine);
    const host = over(machine.host, killSwitch(2).through(machine.connection));
    await expect(walk(host, tried({ host }))).rejects.toThrow("killed");
    expect(await objects(machine)).toBe("Deployment.tripod-verify");
    expect(changesIn(await walk(machine.host, tried(machine, false)))).toEqual([
      { field: "deployment", from: "left behind by a run that broke off", to: "absent" },
    ]);
    expect(await objects(machine)).toBe("");
  },
);

machineStory("a pod that cannot be reached is named, and the workload is taken away all the same", async (machine) => {
  standing(machine);
  machine.write("/usr/local/sbin/ping", "#!/bin/sh\nexit 1\n", 0o755);
  const inspection = await tried(machine)[0]?.inspect(machine.host, impatient);
  await expect(inspection?.apply()).rejects.toThrow("no answer from pod 10.244.1.1");
  expect(await objects(machine)).toBe("");
});

machineStory("a pod that does not run says why", async (machine) => {
  standing(machine);
  const waiting = { waiting: { reason: "ErrImagePull", message: "no such image" } };
  const pod = { metadata: { name: "pod-1" }, status: { phase: "Pending", containerStatuses: [{ state: waiting }] } };
  machine.write("/fakes/pods", JSON.stringify({ items: [pod] }));
  const inspection = await tried(machine)[0]?.inspect(machine.host, impatient);
  await expect(inspection?.apply()).rejects.toThrow("2 pods running: 0 of 2 run: no such image");
});

import { expect } from "vitest";
import { node, type NodeArgs } from "../../src/resources/node.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { standing } from "../support/standing.ts";
import { changesIn, walk } from "../support/walk.ts";

const wanted = ({ host }: ThrowAwayMachine, more: Partial<NodeArgs>) => [
  node({ leader: host, name: "m1", labels: {}, taints: [], unwantedTaints: [], ...more }),
];

machineStory("labels and taints of others are left alone", async (machine) => {
  standing(machine);
  await walk(
    machine.host,
    wanted(machine, { labels: { disk: "ssd" }, taints: [{ key: "dedicated", effect: "NoExecute" }] }),
  );
  expect(machine.read("/fakes/cluster/nodes/m1/labels")).toBe(
    "zone=a\nnode-role.kubernetes.io/control-plane=\ndisk=ssd\n",
  );
  expect(machine.read("/fakes/cluster/nodes/m1/taints")).toBe(
    "node-role.kubernetes.io/control-plane:NoSchedule\ndedicated:NoExecute\n",
  );
});

machineStory("a label and a taint with another value are changed", async (machine) => {
  standing(machine);
  machine.write("/fakes/cluster/nodes/m1/taints", "dedicated=db:NoSchedule\n");
  const right = { labels: { zone: "b" }, taints: [{ key: "dedicated", value: "web", effect: "NoSchedule" as const }] };
  expect(changesIn(await walk(machine.host, wanted(machine, right)))).toEqual([
    { field: "label zone", from: "a", to: "b" },
    { field: "taint", from: "absent", to: "dedicated=web:NoSchedule" },
  ]);
  expect(machine.read("/fakes/cluster/nodes/m1/taints")).toBe("dedicated=web:NoSchedule\n");
});

machineStory("before the node exists the plan shows that it is known after the apply", async (machine) => {
  const plan = await walk(machine.host, wanted(machine, { labels: { disk: "ssd" } }), "plan");
  expect(changesIn(plan)).toEqual([{ field: "label disk", from: "(known after apply)", to: "ssd" }]);
});

machineStory("a master is opened to ordinary pods by removing kubeadm's taint, where it has it", async (machine) => {
  standing(machine);
  const unwantedTaints = ["master", "control-plane"].map((role) => `node-role.kubernetes.io/${role}:NoSchedule`);
  expect(changesIn(await walk(machine.host, wanted(machine, { unwantedTaints })))).toEqual([
    { field: "taint", from: "node-role.kubernetes.io/control-plane:NoSchedule", to: "absent" },
  ]);
  expect(machine.read("/fakes/cluster/nodes/m1/taints")).toBe("");
});

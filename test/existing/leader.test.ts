import { expect, test } from "vitest";
import { readExistingState } from "../../src/existing/read.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const cluster = testCluster();
const nodes = (...names: string[]) =>
  JSON.stringify({ items: names.map((name) => ({ metadata: { name }, status: {} })) });
const refused = { code: 1, stderr: "The connection to the server was refused" };
const none = { code: 1, stderr: "no cluster here yet" };

test.each([
  ["the first of the inventory, before there is a cluster", [none, none, none], "", "m1"],
  ["the first, where all stand", [nodes("m1", "m2", "m3"), nodes("m1", "m2", "m3"), nodes("m1", "m2", "m3")], "", "m1"],
  ["the second, where the first was replaced", [none, nodes("m2", "m3"), nodes("m2", "m3")], "", "m2"],
  [
    "the second, where the first does not answer",
    [refused, nodes("m1", "m2", "m3"), nodes("m1", "m2", "m3")],
    "",
    "m2",
  ],
  ["the third, where the second belongs to another cluster", [none, nodes("x2"), nodes("m3")], "", "m3"],
  ["the first, where no API server answers", [refused, refused, refused], "", "m1"],
  [
    "one that has an API server, where no API server answers and the first is empty",
    [none, refused, refused],
    "m2",
    "m2",
  ],
])("the cluster is asked through %s", async (_, answers, setUp, expected) => {
  const hosts = cluster.masters.map((machine, index) =>
    scriptedHost({
      machine,
      answer(script) {
        if (script.includes("get nodes")) return answers[index] ?? none;
        if (script.includes("kube-apiserver.yaml")) return machine.name === setUp ? "there\n" : "";
        return { code: 1 };
      },
    }),
  );
  expect((await readExistingState(cluster, hosts)).leader).toBe(expected);
});

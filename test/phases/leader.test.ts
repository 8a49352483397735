import { expect, test } from "vitest";
import { leader } from "../../src/phases/leader.ts";
import { testCluster } from "../support/cluster.ts";
import { testContext } from "../support/context.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const cluster = testCluster();
const nodes = (...names: string[]) => JSON.stringify({ items: names.map((name) => ({ metadata: { name } })) });
const refused = { code: 1, stderr: "The connection to the server was refused" };
const none = { code: 1, stderr: "no cluster here yet" };

test.each([
  ["the first of the inventory, before there is a cluster", [none, none, none], "m1"],
  ["the first, where all stand", [nodes("m1", "m2", "m3"), nodes("m1", "m2", "m3"), nodes("m1", "m2", "m3")], "m1"],
  ["the second, where the first was replaced", [none, nodes("m2", "m3"), nodes("m2", "m3")], "m2"],
  ["the second, where the first is silent", [refused, nodes("m1", "m2", "m3"), nodes("m1", "m2", "m3")], "m2"],
  ["the third, where the second belongs to another cluster", [none, nodes("x2"), nodes("m3")], "m3"],
  ["the first, where nobody answers", [refused, refused, refused], "m1"],
])("the cluster is asked through %s", async (_, answers, expected) => {
  const hosts = cluster.masters.map((machine, index) =>
    scriptedHost({ machine, answer: () => answers[index] ?? none }),
  );
  expect((await leader(testContext(cluster, hosts))).name).toBe(expected);
});

test("who leads is decided once: joins go through the same master, whatever happens meanwhile", async () => {
  let asked = 0;
  const hosts = cluster.masters.map((machine) => scriptedHost({ machine, answer: () => (asked++, none) }));
  const context = testContext(cluster, hosts);
  expect(await leader(context)).toBe(await leader(context));
  expect(asked).toBe(3);
});

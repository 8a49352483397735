import { expect } from "vitest";
import { manifest } from "../../src/resources/manifest.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { failure } from "../support/sshd.ts";
import { standing } from "../support/standing.ts";
import { changesIn, walk } from "../support/walk.ts";

const TEXT = "kind: DaemonSet\nmetadata: {name: flannel}\nimage: it's $new `here`\n";
const wanted = ({ host }: ThrowAwayMachine) => [manifest({ leader: host, name: "flannel.yaml", text: TEXT })];

machineStory("what differs in the cluster is shown as a diff, without kubectl's folders and times", async (machine) => {
  standing(machine);
  machine.write("/fakes/cluster/objects/DaemonSet.flannel", TEXT.replace("$new", "$old"));
  expect(changesIn(await walk(machine.host, wanted(machine), "plan"))).toEqual([
    {
      field: "objects",
      from: "as below",
      to: "applied",
      diff: `--- v1.DaemonSet.default.flannel
+++ v1.DaemonSet.default.flannel
@@ -1,3 +1,3 @@
 kind: DaemonSet
 metadata: {name: flannel}
-image: it's $old \`here\`
+image: it's $new \`here\`
`,
    },
  ]);
});

machineStory("a manifest arrives as it is, and is then left alone", async (machine) => {
  standing(machine);
  await walk(machine.host, wanted(machine));
  expect(machine.read("/fakes/cluster/objects/DaemonSet.flannel")).toContain("image: it's $new `here`\n");
  expect(changesIn(await walk(machine.host, wanted(machine)))).toEqual([]);
});

machineStory("before there is a cluster its objects are absent", async (machine) => {
  expect(changesIn(await walk(machine.host, wanted(machine), "plan"))).toEqual([
    { field: "objects", from: "absent", to: "applied" },
  ]);
});

machineStory("an API that does not answer is not taken for one that has the objects", async (machine) => {
  standing(machine);
  machine.write("/fakes/broken/api", "");
  expect(changesIn(await walk(machine.host, wanted(machine), "plan"))).toMatchObject([
    {
      field: "objects",
      from: "not known: The connection to the server was refused - did you specify the right host or port?",
    },
  ]);
  expect(await failure(walk(machine.host, wanted(machine)))).toMatchObject({ code: "E_COMMAND" });
});

machineStory("nothing that a manifest says is run on a master, whatever it says", async (machine) => {
  standing(machine);
  const text = `${TEXT}TRIPOD_MANIFEST\ntouch /planted\n`;
  const hostile = [manifest({ leader: machine.host, name: "flannel.yaml", text })];
  await walk(machine.host, hostile, "plan");
  expect(machine.listing().map(({ path }) => path)).not.toContain("/planted");
  await walk(machine.host, hostile);
  expect(machine.read("/fakes/cluster/objects/DaemonSet.flannel")).toContain("TRIPOD_MANIFEST\ntouch /planted\n");
});

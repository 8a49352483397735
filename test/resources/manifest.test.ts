import { expect, test } from "vitest";
import { manifest } from "../../src/resources/manifest.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { impatient } from "../support/working.ts";
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

machineStory("nothing in a manifest is run on a master, whatever it contains", async (machine) => {
  standing(machine);
  const text = `${TEXT}TRIPOD_MANIFEST: 1\n'$(touch /planted)': "; touch /planted; '"\n`;
  const hostile = [manifest({ leader: machine.host, name: "flannel.yaml", text })];
  await walk(machine.host, hostile, "plan");
  expect(machine.listing().map(({ path }) => path)).not.toContain("/planted");
  await walk(machine.host, hostile);
  expect(machine.read("/fakes/cluster/objects/DaemonSet.flannel")).toContain("TRIPOD_MANIFEST: 1\n'$(touch /planted)'");
});

/** A host whose API has nothing yet: what it is asked, by the first words of kubectl's arguments, and with which objects. */
function empty(served: string) {
  const asked: string[] = [];
  const host = scriptedHost({ answer: (script) => (script.includes("get --raw") ? served : "") });
  const run: typeof host.connection.run = (script, options) => {
    const verb = /--request-timeout 10s (\w+)/.exec(script)?.[1] ?? "";
    const input = typeof options?.input === "string" ? options.input : "";
    asked.push(`${verb} ${[...input.matchAll(/^kind: (\w+)/gm)].map(([, kind]) => kind).join(" ")}`);
    expect(script).toContain("--server-side --field-manager=tripod --force-conflicts");
    const missing = verb === "diff" && !input.includes("Namespace");
    const stdout = verb === "diff" ? "--- a\n+++ b\n@@ -0,0 +1 @@\n+new\n" : "";
    return Promise.resolve(
      missing
        ? { code: 2, stdout: "", stderr: "no matches for kind" }
        : { code: verb === "diff" ? 1 : 0, stdout, stderr: "" },
    );
  };
  return { asked, host: { ...host, connection: { ...host.connection, run } } };
}

const UNSORTED = `kind: Pool
metadata: {name: default}
---
kind: CustomResourceDefinition
metadata: {name: pools.example.org}
spec: {group: example.org, names: {plural: pools}, versions: [{name: v1}]}
---
kind: Namespace
metadata: {name: net}
`;

test("namespaces and definitions are applied first, and the rest when the API serves what they define", async () => {
  const { asked, host } = empty('{"resources":[{"name":"pools"}]}');
  await (await manifest({ leader: host, name: "a.yaml", text: UNSORTED }).inspect(host, impatient)).apply();
  expect(asked.filter((each) => each.startsWith("apply"))).toEqual([
    "apply CustomResourceDefinition Namespace",
    "apply Pool",
  ]);
});

test("custom resources wait until the API serves them", async () => {
  const { asked, host } = empty('{"resources":[]}');
  const inspection = await manifest({ leader: host, name: "a.yaml", text: UNSORTED }).inspect(host, impatient);
  await expect(inspection.apply()).rejects.toThrow("/apis/example.org/v1 has no pools yet");
  expect(asked).not.toContain("apply Pool");
});

test("objects that kubectl has applied by itself are applied once as Tripod's", async () => {
  const by = (managers: string) => {
    const { host } = empty("");
    const run: typeof host.connection.run = (script) =>
      Promise.resolve({ code: 0, stderr: "", stdout: script.includes(" get -f - ") ? `net   ${managers}\n` : "" });
    return { ...host, connection: { ...host.connection, run } };
  };
  const changes = async (managers: string) => {
    const resource = manifest({ leader: by(managers), name: "a.yaml", text: UNSORTED });
    return (await resource.inspect(by(managers), impatient)).changes(new Set());
  };
  expect(await changes("kubectl-client-side-apply,kube-controller-manager")).toEqual([
    { field: "objects", from: "1 of them applied by another program", to: "applied" },
  ]);
  expect(await changes("kube-controller-manager,tripod")).toEqual([]);
  expect(await changes("tripod,kube-controller-manager")).toEqual([]);
});

test("what cannot be compared before its definition exists does not hide that the definition is missing", async () => {
  const { host } = empty("");
  const inspection = await manifest({ leader: host, name: "a.yaml", text: UNSORTED }).inspect(host, impatient);
  expect(inspection.changes(new Set())).toMatchObject([{ from: "as below", to: "applied" }]);
});

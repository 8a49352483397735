import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabStory, labStory } from "../support/lab-story.ts";
import { standInCni } from "../support/stand-in-cni.ts";
import { eventsOf, tripod, tripodMust } from "../support/tripod.ts";

const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
const MACHINES = ["m1", "m2", "m3", "w1", "w2"];

/** Another bring-up: the gate's own are enough, and test/phases/manifest-network.test.ts walks the same on machines in memory. */
const ALL = process.env.TRIPOD_ALL === "1";

describe.skipIf(!ALL)(`a pod network of Calico's size and shape${ALL ? "" : ": skipped without TRIPOD_ALL=1"}`, () => {
  let lab: LabStory;
  let folder: string;
  let manifest: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tripod-manifest-"));
    manifest = join(folder, "stand-in.yaml");
    await writeFile(manifest, standInCni());
    lab = await labStory("manifest", (inventory) => `${inventory}\nnetwork: { manifest: ${manifest} }\n`);
  });

  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const apply = async () => eventsOf(await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--json"));
  const plan = async () => (await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode")).code;
  const get = (what: string) => lab.on("m1", `${KUBECTL} get ${what}`);

  it("becomes a cluster by one apply, with a definition that client-side apply cannot carry, and a resource of it before it", async () => {
    const events = await apply();
    const waits = events.flatMap((event) => (event.type === "condition.met" ? [event.condition] : []));
    expect(waits).toContain("the API server serves the custom resource");
    expect(waits).toContain("the pods of 2 workloads of the pod network are available");
    // Verify is part of it: every host has reached a pod on every node.
    const { nodes, verified, healthy } = await lab.status();
    expect(nodes.map(({ name, ready }) => [name, ready])).toEqual(MACHINES.map((name) => [name, true]));
    expect([verified, healthy]).toEqual([true, true]);
    expect(await get("standinpools.stand-in.example default -o jsonpath='{.spec.field0}'")).toBe("10.244.0.0/16");
    expect(await get("pods -n stand-in -o jsonpath='{.items[*].status.phase}'")).toBe(
      Array.from({ length: MACHINES.length + 1 }, () => "Running").join(" "),
    );
  });

  it("runs pods with the network's own plugin and the package's, from one folder", async () => {
    for (const host of ["m1", "w2"]) {
      expect(await lab.on(host, "readlink /opt/cni/bin/bridge")).toBe("/usr/lib/cni/bridge\n");
      expect(await lab.on(host, "cat /opt/cni/bin/stand-in")).toContain("exec /opt/cni/bin/bridge");
      expect(await lab.on(host, "grep bin_dir /etc/containerd/config.toml")).toContain('"/opt/cni/bin"');
    }
  });

  it("has nothing to change afterwards, and repairs what somebody has changed by hand", async () => {
    expect(await plan()).toBe(0);
    const patch = '{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 7}}}}';
    await lab.on("m1", `${KUBECTL} -n stand-in patch deployment stand-in-controllers -p '${patch}'`);
    const events = await apply();
    const changed = events.flatMap((event) => (event.type === "resource.change" ? [event.resource] : []));
    expect(changed.filter((resource) => resource.startsWith("manifest:"))).toHaveLength(1);
    expect(
      await get(
        "deployment stand-in-controllers -n stand-in -o jsonpath='{.spec.template.spec.terminationGracePeriodSeconds}'",
      ),
    ).toBe("0");
    expect(await plan()).toBe(0);
  });

  it("takes over objects that kubectl has applied from the client's side, and rolls a changed manifest out on every node", async () => {
    const text = await readFile(manifest, "utf8");
    const daemonSet = text.split(/^---$/m).find((document) => document.includes("kind: DaemonSet")) ?? "";
    await lab.on("m1", `${KUBECTL} apply -f - <<'END'\n${daemonSet}\nEND`);
    expect(await plan()).toBe(0);
    await writeFile(manifest, text.replace("periodSeconds: 2", "periodSeconds: 3"));
    expect(await plan()).toBe(2);
    await apply();
    const updated = "{.status.updatedNumberScheduled} {.status.numberAvailable}";
    expect(await get(`daemonset stand-in -n stand-in -o jsonpath='${updated}'`)).toBe("5 5");
    expect(await plan()).toBe(0);
  });
});

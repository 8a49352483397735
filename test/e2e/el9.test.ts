import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { because, missingPrograms } from "../support/programs.ts";
import { labStory, type LabStory, storyOf } from "../support/lab-story.ts";
import { tripod, tripodMust } from "../support/tripod.ts";

const reason =
  process.getuid?.() === 0 ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh") : "only root makes a lab";
/** Three masters and two workers, which takes twice as long, instead of one of each. */
const ALL = process.env.TRIPOD_ALL === "1";
const MACHINES = ALL ? ["m1", "m2", "m3", "w1", "w2"] : ["m1", "w1"];
const listed = (letter: string, first: number) =>
  MACHINES.filter((name) => name.startsWith(letter))
    .map((name) => `{ name: ${name}, address: 10.66.0.${first + Number(name.slice(1))} }`)
    .join(", ");

const INVENTORY = `name: el9
kubernetes:
  version: "1.20.2"
  # What containers of one kernel need: inventories/lab.yaml has the reasons.
  skipPhases: [addon/coredns]
  tolerate: [SystemVerification, ImagePull, NumCPU]
  kubeProxy: { conntrack: { maxPerCore: 0, min: 0 } }
containerd: { restrictOomScoreAdj: true }
loadBalancer: { vip: 10.66.0.10 }
firewall: manage
masters: [${listed("m", 10)}]
workers: [${listed("w", 20)}]
`;

describe.skipIf(reason)(`machines with dnf, rpm and a firewalld that is running${because(reason)}`, () => {
  let lab: LabStory;

  beforeAll(async () => {
    lab = await labStory("el9", () => INVENTORY, "--pristine", "--release", "el9-like");
  }, 1_500_000);
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  test("drop what the cluster needs, which is refused before anything is changed", async () => {
    await using left = await storyOf("el9", () => INVENTORY.replace("firewall: manage\n", ""));
    const { code, stderr } = await tripod("apply", "--yes", "--lab", "-i", left.inventory);
    expect(code).toBe(20);
    expect(stderr).toMatch(/firewalld/);
    expect(await lab.on("m1", "rpm -q keepalived || true")).toBe("package keepalived is not installed\n");
  });

  test("become a cluster, with their firewalld open for exactly that", async () => {
    await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
    const { nodes, verified, healthy } = await lab.untilHealthy();
    expect([nodes.map(({ name }) => name), verified, healthy]).toEqual([MACHINES, true, true]);
    for (const host of MACHINES) {
      expect(await lab.on(host, "firewall-cmd --state")).toBe("running\n");
      expect(await lab.on(host, "firewall-cmd --list-rich-rules")).toContain('port="10250" protocol="tcp" accept');
    }
    expect(await lab.on("m1", "rpm -q --qf '%{NAME}\\n' keepalived haproxy socat")).toBe(
      "keepalived\nhaproxy\nsocat\n",
    );
    expect((await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode")).code).toBe(0);
  });

  test("need nothing else after a boot", async () => {
    await tripodMust("lab", "off", "-i", lab.inventory, "w1");
    await tripodMust("lab", "on", "-i", lab.inventory, "w1");
    await lab.untilHealthy();
    expect((await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode")).code).toBe(0);
  });
});

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labFolders } from "../../src/lab/folders.ts";
import { freshMachines } from "../support/fresh-machines.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { labStory, type LabStory } from "../support/lab-story.ts";
import { eventsOf, tripod, tripodMust } from "../support/tripod.ts";

const reason =
  process.getuid?.() === 0 ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh") : "only root makes a lab";
const NAME = "releases";
describe.skipIf(reason)(`five fresh machines and the projects' releases${because(reason)}`, () => {
  const { root } = labFolders(NAME);
  let lab: LabStory;

  beforeAll(async () => {
    lab = await labStory(NAME, () => freshMachines(NAME, "", true), "--pristine", "--release", "trixie=m3,w2");
  }, 1_500_000);
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  /** Makes the lab's mirror fail: by the end of a path, or by a host's address. */
  function faults(given: Readonly<Record<string, string>>): void {
    const { published, versions } = JSON.parse(readFileSync(join(root, "mirror/mirror.json"), "utf8")) as {
      published: string;
      versions: { etcd: string };
    };
    const paths: Readonly<Record<string, string>> = {
      etcd: `/${published}/github.com/etcd-io/etcd/releases/download/v${versions.etcd}/etcd-v${versions.etcd}-linux-amd64.tar.gz`,
      kubeadm: `/${published}/dl.k8s.io/release/v1.20.2/bin/linux/amd64/kubeadm`,
    };
    const named = Object.entries(given).map(([what, fault]) => [paths[what] ?? what, fault]);
    writeFileSync(join(root, "mirror/faults.json"), JSON.stringify(Object.fromEntries(named)));
  }

  test("a file that does not match its published checksum is refused, and nothing of it is put in place", async () => {
    faults({ etcd: "wrong", kubeadm: "cut", "10.0.0.21": "refused" });
    const { code, stdout, stderr } = await tripod("apply", "--yes", "--lab", "-i", lab.inventory, "--json");
    expect(code, stderr.slice(-4000)).toBe(24);
    expect(stderr).toMatch(/etcd-v[\d.]+-linux-amd64\.tar\.gz does not match its published checksum/);
    expect(await lab.on("m1", "ls -A /usr/local/bin | grep -c '^etcd' || true")).toBe("0\n");
    const ways = (host: string) =>
      eventsOf(stdout).flatMap((event) =>
        event.type === "resource.change" && event.host === host && event.resource === "release:containerd"
          ? event.changes.map(({ to }) => to)
          : [],
      );
    expect(ways("w1")).toEqual([expect.stringContaining("(uploaded: the host does not reach https:")]);
    expect(ways("w2")).toEqual([expect.stringContaining("(fetched by the host from https:")]);
  });

  test("become a cluster with nothing else in the inventory, also where a transfer breaks and a host does not reach the source", async () => {
    faults({ kubeadm: "cut", "10.0.0.21": "refused" });
    await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
    expect(readFileSync(join(root, "mirror/server.log"), "utf8")).toMatch(/GET \S+\/kubeadm bytes=\d{7,}-/);
    const { nodes, verified, healthy } = await lab.untilHealthy();
    expect([nodes.length, verified, healthy]).toEqual([5, true, true]);
  });

  test("run what the releases contain, and nothing of the distribution's", async () => {
    rmSync(join(root, "mirror/faults.json"), { force: true });
    for (const host of ["m1", "m3", "w1", "w2"]) {
      expect(await lab.on(host, "readlink /proc/$(pidof -s containerd)/exe")).toBe("/usr/local/bin/containerd\n");
      expect(await lab.on(host, "dpkg-query -W containerd etcd-server runc 2>/dev/null | wc -l")).toBe("0\n");
      expect(await lab.on(host, "ls /var/cache/tripod")).toBe("");
    }
    expect(await lab.on("m3", "readlink /proc/$(pidof -s etcd)/exe")).toBe("/usr/local/bin/etcd\n");
  });

  test("have nothing to change afterwards, and a program that somebody replaced is installed again", async () => {
    expect((await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode")).code).toBe(0);
    await lab.on("w2", "echo 'exit 1' >/usr/local/bin/ctr");
    const events = eventsOf(await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--json"));
    const changed = events.flatMap((event) =>
      event.type === "resource.applied" ? [`${event.host} ${event.resource}`] : [],
    );
    expect(changed).toEqual(expect.arrayContaining(["w2 release:containerd"]));
    expect(changed.filter((each) => each.includes("release:"))).toEqual(["w2 release:containerd"]);
  });

  test("pass every check of `tripod preflight`, too", async () => {
    expect(await tripodMust("preflight", "--lab", "-i", lab.inventory)).toMatch(
      /^preflight: 5 hosts, \d+ checks, no problems$/m,
    );
  });
});

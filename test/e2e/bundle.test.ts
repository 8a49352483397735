import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { labFolders } from "../../src/lab/folders.ts";
import { stopMirror } from "../../src/lab/mirror/mirror.ts";
import { FRESH, freshMachines } from "../support/fresh-machines.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { labStory, type LabStory } from "../support/lab-story.ts";
import { eventsOf, tripod, tripodMust } from "../support/tripod.ts";

const reason =
  process.getuid?.() === 0 ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh") : "only root makes a lab";
const NAME = "bundle";
describe.skipIf(reason)(`fresh machines and a bundle${because(reason)}`, () => {
  const log = join(labFolders(NAME).root, "mirror/server.log");
  const folder = mkdtempSync(join(tmpdir(), "tripod-bundle-"));
  const bundle = join(folder, "bundle.tar");
  /** Where nothing was ever fetched to: the machine without a network is another one than that on which the bundle was made. */
  const elsewhere = mkdtempSync(join(tmpdir(), "tripod-cache-"));
  let lab: LabStory;

  beforeAll(async () => {
    lab = await labStory(NAME, () => freshMachines(NAME), "--pristine", "--release", "trixie=w2");
  }, 1_500_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await lab[Symbol.asyncDispose]();
    for (const each of [folder, elsewhere]) rmSync(each, { recursive: true, force: true });
  });

  test("which is made of the mirror's releases and the registry's images, twice with the same bytes", async () => {
    const made = JSON.parse(await tripodMust("bundle", "--lab", "-i", lab.inventory, "-o", bundle, "--json")) as {
      sha256: string;
      entries: { image?: string }[];
    };
    const images = made.entries.flatMap(({ image }) => image ?? []);
    expect(images).toEqual(expect.arrayContaining(["k8s.gcr.io/kube-apiserver:v1.20.2", "k8s.gcr.io/pause:3.2"]));
    expect(readFileSync(log, "utf8")).toMatch(/GET \/v2\/kube-apiserver\/manifests\/v1\.20\.2/);
    const again = await tripodMust("bundle", "--lab", "-i", lab.inventory, "-o", bundle, "--force", "--json");
    expect(JSON.parse(again)).toMatchObject({ sha256: made.sha256 });
  });

  test("that was cut off on its way is refused, and no host is changed", async () => {
    await stopMirror(NAME);
    vi.stubEnv("XDG_CACHE_HOME", elsewhere);
    const cut = join(folder, "cut.tar");
    copyFileSync(bundle, cut);
    truncateSync(cut, statSync(cut).size - 1_000_000);
    const { code, stderr } = await tripod("apply", "--yes", "--lab", "-i", lab.inventory, "--bundle", cut);
    expect([code, stderr]).toEqual([24, expect.stringContaining("is no complete bundle") as string]);
    expect(await lab.on("m1", "ls -A /usr/local/bin | grep -c kube || true")).toBe("0\n");
  });

  test("become a cluster with the mirror switched off, and no host asks anybody for programs or images", async () => {
    const asked = readFileSync(log, "utf8").length;
    const events = eventsOf(
      await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--bundle", bundle, "--json"),
    );
    const ways = events.flatMap((event) =>
      event.type === "resource.change" && event.resource.startsWith("release:")
        ? event.changes.map(({ to }) => to)
        : [],
    );
    expect(ways.length).toBeGreaterThan(4 * FRESH.length);
    expect(ways.filter((to) => !to?.endsWith("(uploaded from the bundle)"))).toEqual([]);
    expect(readFileSync(log, "utf8").length).toBe(asked);
    const { nodes, verified, healthy } = await lab.untilHealthy();
    expect([nodes.length, verified, healthy]).toEqual([FRESH.length, true, true]);
  });

  test("run what the bundle contains, each image on the hosts that need it", async () => {
    const images = (host: string) => lab.on(host, "ctr -n k8s.io images ls -q");
    expect(await images("m1")).toContain("k8s.gcr.io/kube-apiserver:v1.20.2\n");
    expect(await images("w2")).not.toContain("kube-apiserver");
    for (const host of ["m1", "w1"])
      expect(await lab.on(host, "readlink /proc/$(pidof -s containerd)/exe")).toBe("/usr/local/bin/containerd\n");
  });

  test("have nothing to change afterwards", async () => {
    const { code } = await tripod("plan", "--lab", "-i", lab.inventory, "--bundle", bundle, "--detailed-exitcode");
    expect(code).toBe(0);
    expect(await tripodMust("preflight", "--lab", "-i", lab.inventory, "--bundle", bundle)).toMatch(/no problems$/m);
  });
});

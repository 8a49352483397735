import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listRuns, readRun } from "../../src/record.ts";
import { drillReportOf } from "../../src/report/drill/index.ts";
import type { DrillEvent } from "../../src/drills/events.ts";
import type { RehearsalEvent } from "../../src/rehearsal/events.ts";
import { asFound, changesSince, type Found } from "../support/as-found.ts";
import { type CabledMachine, cabledMachine } from "../support/cable.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { type Said, tripod, tripodBy, tripodMust } from "../support/tripod.ts";

/** All eleven machines and the usual drill, which takes ten minutes, instead of a sample that is only brought up and changed. */
const ALL = process.env.TRIPOD_ALL === "1";

const RELEASE = ["--release", "trixie=m3,w1"];
const FLEET = readFileSync(fileURLToPath(new URL("../fixtures/rehearsal/fleet.yaml", import.meta.url)), "utf8");
const reason =
  process.getuid?.() === 0
    ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh", "sysctl")
    : "only root makes a lab";

describe.skipIf(reason)(`the rehearsal of a production inventory and of its next version${because(reason)}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "tripod-rehearse-"));
  const inventory = join(folder, "fleet.yaml");
  const next = join(folder, "fleet-next.yaml");
  let machine: CabledMachine;
  let before: Found;
  let said: Said;
  let events: readonly RehearsalEvent[];

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(inventory, FLEET);
    writeFileSync(
      next,
      `${FLEET.replace("kubernetes:\n", "kubernetes:\n  kubelet: { maxPods: 77 }\n")}  - { name: w9, address: 203.0.113.29, labels: { zone: c } }\n`,
    );
    // Whatever an earlier run left half standing; and root file systems, which are fetched, and cannot be from a machine that leads nowhere.
    await tripodMust("lab", "down", "-i", inventory);
    await tripodMust("lab", "up", "-i", inventory, ...RELEASE, "--install");
    await tripodMust("lab", "down", "-i", inventory);
    machine = cabledMachine(`fleet-${process.pid}`);
    before = asFound("fleet");
    const size = ALL ? [] : ["--hosts", "5", "--no-drill"];
    const args = ["rehearse", "-i", inventory, "--then", next, ...RELEASE, ...size];
    said = await tripodBy(machine.inside("env", "-C", folder), ...args);
    const newest = listRuns(process.env, "fleet").find(({ id }) => id.endsWith("-rehearse"));
    events = newest ? (readRun(newest.path) as readonly RehearsalEvent[]) : [];
  }, 1_500_000);
  afterAll(async () => {
    await tripod("lab", "down", "-i", inventory);
    machine[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const acts = () => events.flatMap((event) => (event.type === "rehearsal.part" ? [event] : []));

  test("brings it up unmodified, through its bastion, on two releases of Debian, and has nothing left to change", () => {
    expect([said.code, said.stderr.includes("E_")], `${said.stderr}\n${said.stdout.slice(-6000)}`).toEqual([0, false]);
    expect(acts().map(({ title, ok }) => [title, ok])).toEqual([
      ["the machines are created", true],
      ["fleet.yaml is applied", true],
      ["nothing is left to change", true],
      ["the cluster is healthy", true],
      ...(ALL ? [["the drill breaks and restores it", true]] : []),
      ["fleet-next.yaml is applied on top, while clients send requests", true],
      ["nothing is left to change", true],
    ]);
    expect(said.stdout).toMatch(/^rehearsal: (\d+)\/\1 nodes Ready, VIP on m1, etcd 3\/3 healthy/m);
    expect(said.stdout).toMatch(/w1 .*203\.0\.113\.21 .*trixie/);
    expect(said.stdout).toMatch(/m1 .*203\.0\.113\.11 .*bookworm/);
  });

  // Twelve nodes that restart their kubelets at once have no breath left on two cores: there it is only measured.
  test.skipIf(ALL)(
    "a worker more and another kubelet setting are felt by nobody who asks the API, and the report shows it",
    () => {
      const [walk, drill] = (acts().at(-2)?.records ?? []).toSorted();
      const report = drillReportOf(readRun(drill?.includes("-drill") ? drill : (walk ?? "")) as readonly DrillEvent[]);
      const probes = report?.scenarios[0]?.probes ?? [];
      const api = probes.filter(({ probe }) => ["vip", "apiLive", "apiRead", "apiWrite"].includes(probe.name));
      expect(api.map(({ probe, measured }) => [probe.id, measured.failed, measured.asked > 100])).toEqual(
        api.map(({ probe }) => [probe.id, 0, true]),
      );
      expect(api.length).toBeGreaterThanOrEqual(4);
      expect(report?.ledger).toMatchObject({ lost: 0, outOfOrder: 0 });
      expect(acts().at(-2)?.said).toMatch(/no read failed, 0 of \d+ acknowledged writes lost/);
    },
  );

  test("one page reports all of it", () => {
    const page = readFileSync(join(folder, "artifacts/rehearsal-fleet.html"), "utf8");
    for (const text of [
      "fleet.yaml, then fleet-next.yaml",
      "fleet-next.yaml is applied on top, while clients send requests",
      "maxPods: 77",
    ])
      expect(page).toContain(text);
  });

  test("not one packet for any of these addresses has left the machine, which is as it was found", () => {
    expect(machine.packets()).toBe(0);
    expect(changesSince(before, "fleet")).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findVipHolder, findEtcdLeader } from "../../src/drills/participants.ts";
import { refuseUnlessHealthy, recoveryConditions } from "../../src/drills/cluster-health.ts";
import type { Host } from "../../src/host.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const VIP = "10.0.0.10";

/** Masters of which these hold the VIP: one list for each time they are read, the last one from then on. */
function holding(...readings: string[][]): { hosts: Host[]; masters: Host[] } {
  const read = new Map<string, number>();
  const hosts = cluster.machines.map((machine) =>
    scriptedHost({
      machine,
      answer(script) {
        if (!script.includes("addr show")) return { code: 1, stderr: "no answer\n" };
        const reading = read.get(machine.name) ?? 0;
        read.set(machine.name, reading + 1);
        const holders = readings[Math.min(reading, readings.length - 1)] ?? [];
        return `${holders.includes(machine.name) ? `2: eth0    inet ${VIP}/32\n` : ""}keepalived active\n`;
      },
    }),
  );
  return { hosts, masters: hosts.slice(0, 3) };
}

const participants = (setup: ReturnType<typeof holding>) => ({
  ...setup,
  workers: setup.hosts.slice(3),
  probeHost: undefined,
  client: { name: "operator", dial: () => Promise.reject(new Error("not dialled here")) },
});

/** Each reading of the clock is this much later than the last, ms, so that deadlines pass at once. */
function hurry(step: number): void {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += step));
}
beforeEach(() => hurry(1000));
afterEach(() => vi.restoreAllMocks());

describe("between two scenarios of a drill", () => {
  it("Tripod waits for a handover to end, and then returns the holder", async () => {
    const setup = holding(["m1", "m2"], ["m2"], [], ["m1"]);
    expect((await findVipHolder(participants(setup), VIP, signal)).name).toBe("m1");
  });

  it("a VIP that two masters continue to hold ends the drill with the condition's title", async () => {
    hurry(5000);
    const setup = holding(["m1", "m2"]);
    expect(await failure(findVipHolder(participants(setup), VIP, signal))).toMatchObject({
      code: "E_DEADLINE",
      message: `one master holds the VIP ${VIP}: not within 30 s`,
      details: { why: "m1 and m2 hold it at the same time" },
    });
  });

  it("Tripod waits for an etcd leader, and fails when there is none", async () => {
    hurry(5000);
    expect(await failure(findEtcdLeader(participants(holding([])), signal))).toMatchObject({
      code: "E_DEADLINE",
      message: "an etcd member leads: not within 30 s",
    });
  });

  it("the VIP returns to the first master; after a change that stays any steady holder is accepted", () => {
    const setup = { cluster, ...holding(["m1"]) };
    const disruption = { what: "", victims: [], begin: () => Promise.resolve(), end: () => Promise.resolve() };
    const titles = (stays: boolean) => recoveryConditions(setup, disruption, 0, stays).map(({ title }) => title);
    expect(titles(false)).toContain(`m1 holds the VIP ${VIP}`);
    expect(titles(true)).toContain(`one master holds the VIP ${VIP}`);
  });
});

describe("a cluster that is not healthy", () => {
  it("is given time, and then refused with all its problems", async () => {
    hurry(15_000);
    const refused = await failure(refuseUnlessHealthy(cluster, holding(["m1", "m3"]).hosts, signal));
    expect(refused).toMatchObject({ code: "E_REFUSED", message: "the cluster is not healthy; nothing was changed" });
    expect((refused as { details: { why: string } }).details.why).toContain(`the VIP ${VIP} is held by m1 and m3`);
    expect((refused as { details: { why: string } }).details.why).toContain("API server on m2: ");
  });
});

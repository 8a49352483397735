import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { theHolder, theLeader } from "../../src/drills/stage.ts";
import { refuseUnlessWhole, wholeAgain } from "../../src/drills/whole.ts";
import type { Host } from "../../src/host.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const VIP = "10.0.0.10";

/** Masters of which these hold the VIP: of several lists one look each, and the last from then on. */
function holding(...looks: string[][]): { hosts: Host[]; masters: Host[] } {
  const looked = new Map<string, number>();
  const hosts = cluster.machines.map((machine) =>
    scriptedHost({
      machine,
      answer(script) {
        if (!script.includes("addr show")) return { code: 1, stderr: "nobody answers\n" };
        const look = looked.get(machine.name) ?? 0;
        looked.set(machine.name, look + 1);
        const holders = looks[Math.min(look, looks.length - 1)] ?? [];
        return `${holders.includes(machine.name) ? `2: eth0    inet ${VIP}/32\n` : ""}keepalived active\n`;
      },
    }),
  );
  return { hosts, masters: hosts.slice(0, 3) };
}

const cast = (stage: ReturnType<typeof holding>) => ({
  ...stage,
  workers: stage.hosts.slice(3),
  bystander: undefined,
  client: { name: "operator", dial: () => Promise.reject(new Error("not dialled here")) },
});

/** Every look at the clock is so much later than the last, ms: nobody waits for what takes time. */
function hurry(step: number): void {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += step));
}
beforeEach(() => hurry(1000));
afterEach(() => vi.restoreAllMocks());

describe("between two scenarios of a drill", () => {
  it("a handover that is under way is waited for, and who holds the VIP then is the holder", async () => {
    const stage = holding(["m1", "m2"], ["m2"], [], ["m1"]);
    expect((await theHolder(cast(stage), VIP, signal)).name).toBe("m1");
  });

  it("a VIP that two go on holding ends the drill by the name of the condition", async () => {
    hurry(5000);
    const stage = holding(["m1", "m2"]);
    expect(await failure(theHolder(cast(stage), VIP, signal))).toMatchObject({
      code: "E_DEADLINE",
      message: `one master holds the VIP ${VIP}: not within 30 s`,
      details: { why: "m1 and m2 hold it at the same time" },
    });
  });

  it("an etcd without a leader is waited for, and told when none comes", async () => {
    hurry(5000);
    expect(await failure(theLeader(cast(holding([])), signal))).toMatchObject({
      code: "E_DEADLINE",
      message: "a member of etcd leads: not within 30 s",
    });
  });

  it("the VIP goes home to the first master; where a change is meant to stay it is at home where it stays", () => {
    const stage = { cluster, ...holding(["m1"]) };
    const disruption = { what: "", victims: [], begin: () => Promise.resolve(), end: () => Promise.resolve() };
    const titles = (stays: boolean) => wholeAgain(stage, disruption, 0, stays).map(({ title }) => title);
    expect(titles(false)).toContain(`m1 holds the VIP ${VIP}`);
    expect(titles(true)).toContain(`one master holds the VIP ${VIP}`);
  });
});

describe("a cluster that is not healthy", () => {
  it("is given time, and then refused with everything that is wrong", async () => {
    hurry(15_000);
    const refused = await failure(refuseUnlessWhole(cluster, holding(["m1", "m3"]).hosts, signal));
    expect(refused).toMatchObject({ code: "E_REFUSED", message: "the cluster is not healthy; nothing was touched" });
    expect((refused as { details: { why: string } }).details.why).toContain(`the VIP ${VIP} is held by m1 and m3`);
    expect((refused as { details: { why: string } }).details.why).toContain("API server on m2: ");
  });
});

import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { oneVipHolder, type OneVipHolderOptions, readVip } from "../../src/health/vip.ts";
import type { Host } from "../../src/host.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const VIP = "10.0.0.10";

/** What each host has beside its own address, `10.0.0.10/32`; and where keepalived does not run. */
interface Scene {
  has: Readonly<Record<string, string>>;
  idle?: readonly string[];
  /** Masters on which keepalived's configuration has another address. */
  otherwise?: readonly string[];
  /** The interface of what they have; default `eth0`. */
  named?: string;
}

/** The hosts of a cluster, which have the addresses of `scene` at the time they are read. */
function hostsOf(scene: Scene): Host[] {
  return cluster.machines.map((machine) =>
    scriptedHost({
      machine,
      answer: () => {
        const extra = scene.has[machine.name];
        const state = machine.role === "worker" || scene.idle?.includes(machine.name) ? "inactive" : "active";
        return `1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet ${machine.address}/24 brd 10.0.0.255\n${
          extra ? `2: ${scene.named ?? "eth0"}    inet ${extra} scope global eth0\\       valid_lft forever\n` : ""
        }keepalived ${state}\n${scene.otherwise?.includes(machine.name) ? "keepalived has another address\n" : ""}`;
      },
    }),
  );
}

const asked = (scene: Scene, options?: OneVipHolderOptions) => oneVipHolder(hostsOf(scene), VIP, options).holds(signal);

describe("one master holds the VIP", () => {
  test.each<[string, Scene, true | string]>([
    ["keepalived carries it on one master", { has: { m2: `${VIP}/32` } }, true],
    ["nobody has it", { has: {} }, "no master holds it"],
    ["two have it", { has: { m1: `${VIP}/32`, m3: `${VIP}/32` } }, "m1 and m3 hold it at the same time"],
    ["an address only begins like it", { has: { m1: "10.0.0.101/24" } }, "no master holds it"],
    [
      "somebody gave it to a master by hand",
      { has: { m1: `${VIP}/32`, m2: `${VIP}/24` } },
      "m2 has 10.0.0.10/24 on eth0, which keepalived did not add: run `ip addr del 10.0.0.10/24 dev eth0` on m2",
    ],
    [
      "somebody gave it to a master by hand, as keepalived would",
      { has: { m2: `${VIP}/32` }, idle: ["m2"], otherwise: ["m2"] },
      "m2 has 10.0.0.10/32 on eth0, which keepalived did not add: run `ip addr del 10.0.0.10/32 dev eth0` on m2",
    ],
    [
      "somebody else's keepalived runs on that master",
      { has: { m2: `${VIP}/32` }, otherwise: ["m2"] },
      "m2 has 10.0.0.10/32 on eth0, which keepalived did not add: run `ip addr del 10.0.0.10/32 dev eth0` on m2",
    ],
    [
      "somebody gave it to a worker",
      { has: { w1: `${VIP}/32` } },
      "w1 has 10.0.0.10/32 on eth0, which keepalived did not add: run `ip addr del 10.0.0.10/32 dev eth0` on w1",
    ],
    [
      "keepalived was killed and has left it",
      { has: { m1: `${VIP}/32` }, idle: ["m1"] },
      "m1 has 10.0.0.10/32 on eth0, but keepalived, which should carry it, is not running: run `ip addr del 10.0.0.10/32 dev eth0` on m1",
    ],
    [
      "an interface has a name that a shell would obey",
      { has: { w1: `${VIP}/32` }, named: "a;reboot" },
      "w1 has 10.0.0.10/32 on a;reboot, which keepalived did not add: run `ip addr del 10.0.0.10/32 dev 'a;reboot'` on w1",
    ],
  ])("%s", async (_, scene, expected) => {
    expect(await asked(scene)).toBe(expected);
  });

  it("and other hosts that have it are not the holder", async () => {
    const { holders, strays } = await readVip(hostsOf({ has: { m1: `${VIP}/32`, w2: `${VIP}/24` } }), VIP);
    expect([holders, strays.map(({ host }) => host)]).toEqual([["m1"], ["w2"]]);
  });
});

describe("the same master holds it for three seconds", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());
  const steady = { steady: 3000 };

  it("before it counts", async () => {
    const condition = oneVipHolder(hostsOf({ has: { m1: `${VIP}/32` } }), VIP, steady);
    expect(await condition.holds(signal)).toBe("m1 has just taken it");
    vi.advanceTimersByTime(2999);
    expect(await condition.holds(signal)).toBe("m1 has just taken it");
    vi.advanceTimersByTime(1);
    expect(await condition.holds(signal)).toBe(true);
  });

  it("and the time starts again when another takes it", async () => {
    const scene: Scene = { has: { m1: `${VIP}/32` } };
    const condition = oneVipHolder(hostsOf(scene), VIP, steady);
    await condition.holds(signal);
    vi.advanceTimersByTime(2000);
    scene.has = { m2: `${VIP}/32` };
    expect(await condition.holds(signal)).toBe("m2 has just taken it");
    vi.advanceTimersByTime(2000);
    expect(await condition.holds(signal)).toBe("m2 has just taken it");
    vi.advanceTimersByTime(1000);
    expect(await condition.holds(signal)).toBe(true);
  });

  it("which counts at once where the run has read it at its beginning", async () => {
    const hosts = hostsOf({ has: { m1: `${VIP}/32` } });
    expect(await oneVipHolder(hosts.slice(0, 3), VIP).holds(signal)).toBe(true);
    vi.advanceTimersByTime(5000);
    expect(await oneVipHolder(hosts, VIP, steady).holds(signal)).toBe(true);
  });

  it("also in a run that checks only once, where it has moved since that run began", async () => {
    const scene: Scene = { has: { m1: `${VIP}/32` } };
    const hosts = hostsOf(scene);
    await readVip(hosts, VIP);
    scene.has = { m2: `${VIP}/32` };
    const condition = oneVipHolder(hosts, VIP);
    expect(await condition.holds(signal)).toBe("m2 has just taken it");
    vi.advanceTimersByTime(3000);
    expect(await condition.holds(signal)).toBe(true);
  });

  it("counted from the moment at which everything was repaired", async () => {
    const hosts = hostsOf({ has: { m1: `${VIP}/32` } });
    await readVip(hosts, VIP);
    vi.advanceTimersByTime(60_000);
    const since = performance.timeOrigin + performance.now();
    expect(await oneVipHolder(hosts, VIP, { ...steady, since }).holds(signal)).toBe("m1 has just taken it");
  });

  it("and is the one that takes it back where all are healthy", async () => {
    const scene: Scene = { has: { m2: `${VIP}/32` } };
    const condition = oneVipHolder(hostsOf(scene), VIP, { home: "m1" });
    expect(condition.title).toBe("m1 holds the VIP 10.0.0.10");
    expect(await condition.holds(signal)).toBe("m2 holds it, and m1 has not taken it back");
  });
});

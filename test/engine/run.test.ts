import { describe, expect, it } from "vitest";
import { TripodError, TripodErrors } from "../../src/errors.ts";
import { allHosts, onceKey, type Phase, sameHost } from "../../src/phases/phase.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { changed, cluster, hosts, phase, thing, walk } from "../support/phases.ts";

const first = hosts[0]?.name ?? "";

describe("the walk", () => {
  it("starts a step the moment what it needs is done, and not before", async () => {
    const order: string[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = phase("slow", [], async (host) => {
      if (host.name === first) await gate;
      order.push(`slow ${host.name}`);
    });
    const next = phase("next", [sameHost({ name: "slow" })], (host) => {
      order.push(`next ${host.name}`);
      if (order.filter((each) => each.startsWith("next")).length === hosts.length - 1) open();
    });
    const last = phase("last", [allHosts({ name: "next" })], (host) => void order.push(`last ${host.name}`));
    await walk([slow, next, last]);
    expect(order.indexOf(`slow ${first}`)).toBeGreaterThan(order.indexOf(`next ${hosts[1]?.name ?? ""}`));
    expect(order.slice(-hosts.length).every((each) => each.startsWith("last"))).toBe(true);
  });

  it("refuses a phase that needs one which does not stand before it", async () => {
    await expect(walk([phase("early", [sameHost({ name: "late" })]), phase("late", [])])).rejects.toThrow(
      /early needs late/,
    );
  });

  it("reads every resource of a step before it changes the first", async () => {
    const log: string[] = [];
    const both = [thing("a", { log }), thing("b", { log })];
    await walk([{ ...phase("p", []), hosts: () => cluster.masters.slice(0, 1), resources: () => both }]);
    expect(log.slice(0, 2)).toEqual(["read a", "read b"]);
    expect(log).toContain("apply b");
  });

  it("writes nothing in a plan, and says the same changes that an apply makes", async () => {
    const log: string[] = [];
    const make = () => [thing("a", { log }), thing("b", { log, right: true })];
    const plan = await walk([{ ...phase("p", []), resources: make }], "plan");
    expect(log.filter((each) => each.startsWith("apply"))).toEqual([]);
    const apply = await walk([{ ...phase("p", []), resources: make }], "apply");
    expect(changed(plan)).toEqual(changed(apply));
    expect(changed(plan)).toHaveLength(hosts.length);
  });

  it("changes nothing the second time", async () => {
    const one = thing("a", {});
    const only = { ...phase("p", []), hosts: () => cluster.masters.slice(0, 1), resources: () => [one] };
    expect(changed(await walk([only]))).toHaveLength(1);
    expect(changed(await walk([only]))).toHaveLength(0);
  });

  it("of a step with many changes leaves no warning on the screen", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(warning.name);
    process.on("warning", listen);
    const many = Array.from({ length: 12 }, (_, index) => thing(`thing ${index}`, {}));
    await walk([{ ...phase("p", []), hosts: () => cluster.masters.slice(0, 1), resources: () => many }]);
    // Warnings are told a tick later.
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  it("lets a restart follow in a plan from a file that would change", async () => {
    const restart: Resource = {
      kind: "service",
      name: "s",
      inspect: () =>
        Promise.resolve({
          changes: (pending) => (pending.has("thing:a") ? [{ field: "restarted" }] : []),
          apply: () => Promise.resolve(),
        }),
    };
    const events = await walk([{ ...phase("p", []), resources: () => [thing("a", {}), restart] }], "plan");
    expect(changed(events)).toContain("service:s");
  });

  it("stops when a resource still differs after it was applied", async () => {
    const stubborn = thing("a", { stubborn: true });
    await expect(
      walk([{ ...phase("p", []), hosts: () => cluster.masters.slice(0, 1), resources: () => [stubborn] }]),
    ).rejects.toMatchObject({
      code: "E_NOT_CONVERGED",
    });
  });

  it("tells every host's failure at once, and starts nothing that needed them", async () => {
    const started: string[] = [];
    const failing = phase("failing", [], (host) => {
      throw new TripodError("E_PREFLIGHT", "not fit", { host: host.name });
    });
    const after = phase("after", [sameHost({ name: "failing" })], (host) => void started.push(host.name));
    const failure: unknown = await walk([failing, after]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TripodErrors);
    expect((failure as TripodErrors).errors.map(({ details }) => details.host)).toEqual(hosts.map(({ name }) => name));
    expect(started).toEqual([]);
  });

  it("goes on with the other hosts when one fails", async () => {
    const done: string[] = [];
    const shaky = phase("shaky", [], (host) => {
      if (host.name === first) throw new TripodError("E_COMMAND", "broken", { host: host.name });
    });
    const after = phase("after", [sameHost({ name: "shaky" })], (host) => void done.push(host.name));
    await expect(walk([shaky, after])).rejects.toMatchObject({ code: "E_COMMAND" });
    expect(done).toEqual(hosts.slice(1).map(({ name }) => name));
  });

  it("reads a resource again before it repeats it, when the connection broke on the way", async () => {
    const log: string[] = [];
    const lostAfterwards = thing("a", { log, loseConnection: "after" });
    await walk([{ ...phase("p", []), hosts: () => cluster.masters.slice(0, 1), resources: () => [lostAfterwards] }]);
    expect(log.filter((each) => each === "apply a")).toHaveLength(1);

    const lostBefore = thing("b", { log, loseConnection: "before" });
    await walk([{ ...phase("p", []), hosts: () => cluster.masters.slice(0, 1), resources: () => [lostBefore] }]);
    expect(log.filter((each) => each === "apply b")).toHaveLength(2);
  });

  it("computes what hosts share again after a host went away on the way", async () => {
    let computed = 0;
    const sharing: Phase = {
      ...phase("p", []),
      async resources(_, context) {
        await context.once(onceKey<string>("shared"), () =>
          computed++ === 0
            ? Promise.reject(new TripodError("E_CONNECTION_LOST", "gone", { host: first }))
            : Promise.resolve("there"),
        );
        return [];
      },
    };
    await walk([sharing]);
    expect(computed).toBe(2);
  });

  it("waits for another host that a step reads from, when that one goes away", async () => {
    let reads = 0;
    const reading = phase("reading", [], (host) => {
      if (host.name === "w1" && reads++ === 0) throw new TripodError("E_UNREACHABLE", "refused", { host: first });
    });
    const events = await walk([reading]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "condition.met", condition: `${first} answers again`, host: "w1" }),
    );
  });

  it("stops when it is told to, and says that nothing is lost", async () => {
    const stop = new AbortController();
    const started: string[] = [];
    const one = phase("one", [], () => stop.abort());
    const two = phase("two", [allHosts({ name: "one" })], (host) => void started.push(host.name));
    await expect(walk([one, two], "apply", { signal: stop.signal })).rejects.toMatchObject({ code: "E_INTERRUPTED" });
    expect(started).toEqual([]);
  });

  it("computes what hosts share once, and lets one at a time through where it must", async () => {
    let computed = 0;
    let inside = 0;
    let most = 0;
    const sharing: Phase = {
      ...phase("p", []),
      async resources(_, context) {
        await context.once(onceKey<number>("shared"), () => Promise.resolve(++computed));
        await context.exclusive("door", async () => {
          most = Math.max(most, ++inside);
          await new Promise(setImmediate);
          inside--;
        });
        return [];
      },
    };
    await walk([sharing]);
    expect([computed, most]).toEqual([1, 1]);
  });
});

import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { TripodError, TripodErrors } from "../../src/errors.ts";
import { allHosts, type Phase, sameHost } from "../../src/phases/phase.ts";
import type { Condition } from "../../src/condition.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { on, phase, thing, walk } from "../support/phases.ts";
import { failure } from "../support/sshd.ts";

function stoppable() {
  const events: RunEvent[] = [];
  const stop = new AbortController();
  const abort = new AbortController();
  return {
    events,
    stop: () => stop.abort(new TripodError("E_INTERRUPTED", "stopped")),
    abort: () => abort.abort(new TripodError("E_INTERRUPTED", "aborted")),
    walk: (phases: readonly Phase[]) =>
      failure(walk(phases, "apply", { signal: stop.signal, abort: abort.signal, sink: (event) => events.push(event) })),
  };
}

const onM1 = (name: string, resources: Resource[], needs: Phase["needs"] = []): Phase =>
  on(["m1"], { ...phase(name, needs), resources: () => resources });

/** Comes true the n-th time it is asked. */
function holdsAfter(asks: number): Condition {
  return { title: "kubeadm ends", within: 60_000, holds: () => Promise.resolve(--asks <= 0 || "it runs") };
}

describe("the first Ctrl-C", () => {
  test("lets the change under way come to its end, its wait included, and begins nothing more", async () => {
    const log: string[] = [];
    const run = stoppable();
    const init = thing("init", {
      log,
      async work(working) {
        run.stop();
        await working.wait(holdsAfter(2));
        log.push("waited");
      },
    });
    const first = onM1("first-master", [init, thing("next", { log })]);
    const error = await run.walk([first, on(["w1", "w2"], phase("workers", [allHosts({ name: "first-master" })]))]);
    expect(log).toContain("waited");
    expect(log).not.toContain("apply next");
    expect(run.events).toContainEqual(expect.objectContaining({ type: "resource.applied", resource: "thing:init" }));
    expect(error.explain()).toBe(
      [
        "stopped (E_INTERRUPTED)",
        "  | finished: thing:init on m1",
        "  | half done: first-master on m1",
        "  | not begun: workers on w1, w2",
        "  → run the same command again; it goes on from where it is",
      ].join("\n"),
    );
  });

  test("says at once what is being finished", async () => {
    const run = stoppable();
    await run.walk([onM1("first-master", [thing("init", { work: run.stop })])]);
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: "run.stopping",
        running: [{ phase: "first-master", host: "m1", resource: "thing:init" }],
      }),
    );
  });

  test("ends a wait in which nothing is being changed", async () => {
    const run = stoppable();
    const never = { title: "all Ready", within: 60_000, holds: () => Promise.resolve("m3 is not") };
    const until = () => {
      setImmediate(run.stop);
      return [never];
    };
    const error = await run.walk([on(["m1"], { ...phase("health", []), until })]);
    expect(error).toMatchObject({ code: "E_INTERRUPTED", details: { why: "half done: health on m1" } });
  });

  test("lets nobody begin who waits for its turn", async () => {
    const run = stoppable();
    const restarted: string[] = [];
    const restarts: Phase = {
      ...phase("etcd", []),
      resources: ({ name }, { exclusive }) => [
        thing("restart", {
          work: () =>
            exclusive("restart", () => {
              run.stop();
              restarted.push(name);
              return Promise.resolve();
            }),
        }),
      ],
    };
    await run.walk([restarts]);
    expect(restarted).toEqual(["m1"]);
  });

  test("hides no failure of what was being finished", async () => {
    const run = stoppable();
    const broken = thing("init", {
      work() {
        run.stop();
        throw new TripodError("E_COMMAND", "kubeadm init failed", { host: "m1" });
      },
    });
    const error = await run.walk([
      onM1("first-master", [broken]),
      phase("nodes", [sameHost({ name: "first-master" })]),
    ]);
    expect(error).toBeInstanceOf(TripodErrors);
    expect((error as unknown as TripodErrors).errors.map(({ code }) => code)).toEqual(["E_COMMAND", "E_INTERRUPTED"]);
  });
});

test("an abort ends the wait for what runs too", async () => {
  const run = stoppable();
  const init = thing("init", {
    async work(working) {
      run.stop();
      setImmediate(run.abort);
      await working.wait({ title: "kubeadm ends", within: 60_000, holds: () => Promise.resolve("it runs") });
    },
  });
  const error = await run.walk([onM1("first-master", [init])]);
  expect(error).toMatchObject({ code: "E_INTERRUPTED" });
  expect(error.details.why).toContain("half done: first-master on m1");
});

test("nothing is changed any more once the cluster is somebody else's", async () => {
  const log: string[] = [];
  const locked = new TripodError("E_LOCKED", "bert has taken over");
  let ours = true;
  const held = () => (ours ? Promise.resolve() : Promise.reject(locked));
  const first = thing("first", { log, work: () => (ours = false) });
  const error = await failure(
    walk([onM1("one", [first, thing("second", { log })]), phase("two", [])], "apply", { held }),
  );
  expect(error).toBe(locked);
  expect(log).not.toContain("apply second");
});

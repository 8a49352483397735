import { expect, test } from "vitest";
import { TripodError, TripodErrors } from "../../src/errors.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import type { RehearsalEvent } from "../../src/rehearsal/events.ts";
import { rehearse, type RehearsalActions, type OnRecord } from "../../src/rehearsal/rehearse.ts";
import { testCluster } from "../support/cluster.ts";

const limit = (message: string) => new TripodError("E_LIMIT", message);

/** Rehearses prod.yaml, with next.yaml on top, with actions that succeed unless `actions` has others. */
async function rehearsed(actions: Partial<RehearsalActions> = {}, signal = new AbortController().signal) {
  const first = testCluster();
  const second: Cluster = { ...first };
  const events: RehearsalEvent[] = [];
  const leave = (name: string) => (recorded: OnRecord) => {
    recorded(`${name}.jsonl`);
    return Promise.resolve();
  };
  const setting = {
    cluster: first.name,
    inventories: ["/prod.yaml", "/next.yaml"] as const,
    digests: [],
    scenarios: ["cut-etcd"],
  };
  const failure = await rehearse({
    setting,
    clusters: [first, second],
    since: Date.now(),
    existed: true,
    actions: {
      apply: (_, recorded) => leave("apply")(recorded),
      plan: async (_, recorded) => (await leave("plan")(recorded), 0),
      check: () => Promise.resolve("all healthy"),
      drill: (_, recorded) => leave("drill")(recorded),
      change: (before, { cluster }, recorded) => {
        expect([before, cluster]).toEqual([first, second]);
        return leave("change")(recorded);
      },
      summary: (records) => Promise.resolve(`summary of ${records.join(", ")}`),
      ...actions,
    },
    sink: (event) => events.push(event),
    signal,
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const parts = events.flatMap((event) =>
    event.type === "rehearsal.part" ? [`${event.ok ? "✓" : "✗"} ${event.title}: ${event.said}`] : [],
  );
  return { failure, parts, events };
}

test("a rehearsal applies, plans, checks and drills the first inventory, and applies the next one on top", async () => {
  const { failure, parts, events } = await rehearsed();
  expect(failure).toBeUndefined();
  expect(parts).toEqual([
    `✓ the machines are created: ${testCluster().machines.length} machines answer; they existed before`,
    "✓ prod.yaml is applied: summary of apply.jsonl",
    "✓ nothing is left to change: summary of plan.jsonl",
    "✓ the cluster is healthy: all healthy",
    "✓ the drill breaks and restores it: summary of drill.jsonl",
    "✓ next.yaml is applied on top, while clients send requests: summary of change.jsonl",
    "✓ nothing is left to change: summary of plan.jsonl",
  ]);
  expect(events.at(-1)).toMatchObject({ type: "rehearsal.end", ok: true });
});

test("an exceeded limit does not end the rehearsal, but it fails", async () => {
  const one = await rehearsed({ drill: () => Promise.reject(limit("one limit was exceeded")) });
  expect([one.failure, one.parts.length]).toEqual([limit("one limit was exceeded"), 7]);
  expect(one.parts[4]).toMatch(/^✗ the drill .*: summary of $/);
  expect(one.events.at(-1)).toMatchObject({ type: "rehearsal.end", ok: false });
  const reject = () => Promise.reject(limit("too long"));
  const both = await rehearsed({ drill: reject, change: reject });
  expect(both.failure).toBeInstanceOf(TripodErrors);
  expect(both.failure).toMatchObject({ message: "2 parts exceeded their limits", exitCode: 30 });
});

test("changes that are left right after an apply end the rehearsal", async () => {
  const { failure, parts } = await rehearsed({ plan: () => Promise.resolve(3) });
  expect(failure).toMatchObject({ code: "E_NOT_CONVERGED" });
  expect(parts.slice(2)).toEqual(["✗ nothing is left to change: right after the apply, a plan finds 3 changes again"]);
});

test("a part that fails is reported with its host and reason", async () => {
  const down = new TripodError("E_COMMAND", "kubeadm init failed", { host: "m1", why: "no space\nleft on device\n" });
  const { failure, parts } = await rehearsed({ apply: () => Promise.reject(new TripodErrors([down], "1 failed")) });
  expect(failure).toMatchObject({ message: "1 failed" });
  expect(parts.at(-1)).toBe("✗ prod.yaml is applied: m1: kubeadm init failed: no space; left on device");
});

test("a part that ends normally after Ctrl-C is not a success", async () => {
  const controller = new AbortController();
  const stop = new TripodError("E_INTERRUPTED", "stopped");
  const drill = () => {
    controller.abort(stop);
    return Promise.resolve();
  };
  const { failure, parts } = await rehearsed({ drill }, controller.signal);
  expect([failure, parts.length]).toEqual([stop, 5]);
  expect(parts.at(-1)).toBe("✗ the drill breaks and restores it: stopped");
});

import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { createRows } from "../../src/ui/rows.ts";
import { bootstrap, failedBootstrap, plan, stoppedBootstrap } from "../support/scenario.ts";

/** The rows after the events of the first `ms`. */
function rowsAt(ms: number, events: readonly RunEvent[] = bootstrap, height = 24): string {
  const [start] = events;
  if (start?.type !== "run.start") throw new Error("a scenario begins with run.start");
  const rows = createRows(start);
  for (const event of events) if (event.at - start.at <= ms) rows.update(event);
  return rows.texts(height).join("\n");
}

test("each phase counts its hosts and shows the latest activity of any host", () => {
  expect(rowsAt(4000)).toMatchInlineSnapshot(`
    "Preflight     3/3  0.5s
    Prepare       3/3  2.1s  2 changed
    etcd          0/2  m1: waiting for etcd is healthy: m2 has not joined
    First master  0/1
    Workers       0/1"
  `);
});

test("a long command shows how far it is", () => {
  expect(rowsAt(10_000)).toMatchInlineSnapshot(`
    "Preflight     3/3  0.5s
    Prepare       3/3  2.1s  2 changed
    etcd          2/2  4.2s  1 changed
    First master  0/1  m1: kubeadm init: [wait-control-plane] \\u001b[2Jwaiting
    Workers       0/1"
  `);
});

test("a finished phase shows its time and number of changes", () => {
  expect(rowsAt(Infinity)).toMatchInlineSnapshot(`
    "Preflight     3/3  0.5s
    Prepare       3/3  2.1s  2 changed
    etcd          2/2  4.2s  1 changed
    First master  1/1  24.0s  1 changed
    Workers       1/1  5.8s  1 changed"
  `);
});

test("a failed phase shows the host and the error", () => {
  expect(rowsAt(Infinity, failedBootstrap).split("\n").at(-1)).toMatchInlineSnapshot(
    `"Workers       0/1  w1: kubeadm join failed"`,
  );
});

test("a stopped run shows what was cancelled", () => {
  expect(rowsAt(Infinity, stoppedBootstrap)).toMatchInlineSnapshot(`
    "Preflight     3/3  0.5s
    Prepare       3/3  2.1s  2 changed
    etcd          0/2  cancelled
    First master  0/1  cancelled
    Workers       0/1  cancelled"
  `);
});

test("a plan shows the number of changes", () => {
  expect(rowsAt(Infinity, plan)).toContain("0.3s  4 to change");
});

test("a low terminal shows running phases first, then those that ended last, then those that come next", () => {
  expect(rowsAt(10_000, bootstrap, 3)).toMatchInlineSnapshot(`
    "
    Prepare       3/3  2.1s  2 changed
    etcd          2/2  4.2s  1 changed
    First master  0/1  m1: kubeadm init: [wait-control-plane] \\u001b[2Jwaiting
    "
  `);
});

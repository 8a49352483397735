import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { FINISHING } from "../../src/ui/screen.ts";
import { treeScreen } from "../../src/ui/tree.ts";
import { bootstrap, failedBootstrap, stoppedBootstrap } from "../support/scenario.ts";
import { recordingSurface } from "../support/surface.ts";

async function show(events: readonly RunEvent[], rows = 24) {
  const surface = recordingSurface({ terminal: { rows } });
  const screen = treeScreen(surface);
  events.forEach(screen.sink);
  await screen.finish();
  return { surface, left: whatIsLeft(surface.stdout.writes) };
}

/** The text that stays on the terminal: listr2 wipes its frames and prints the tree once more at the end. */
function whatIsLeft(writes: readonly string[]): string {
  const lastWipe = writes.findLastIndex((write) => write.includes("\u001B[2K"));
  return stripVTControlCharacters(writes.slice(lastWipe + 1).join("")).trimEnd();
}

test("a bootstrap leaves one row per phase on the terminal", async () => {
  expect((await show(bootstrap)).left).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ✔ etcd          2/2  4.2s  1 changed
    ✔ First master  1/1  24.0s  1 changed
    ✔ Workers       1/1  5.8s  1 changed"
  `);
});

test("the row of a failed phase keeps its cross, host and message, and the tree does not throw", async () => {
  expect((await show(failedBootstrap)).left).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ✔ etcd          2/2  4.2s  1 changed
    ✔ First master  1/1  24.0s  1 changed
    ✖ Workers       0/1  w1: kubeadm join failed"
  `);
});

test("a cancelled phase is neither done nor failed", async () => {
  expect((await show(stoppedBootstrap)).left).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ↓ etcd          0/2  cancelled
    ↓ First master  0/1  cancelled
    ↓ Workers       0/1  cancelled"
  `);
});

test("the tree ends even if the last events of a run are missing", async () => {
  const { left } = await show(bootstrap.slice(0, 12));
  expect(left.split("\n")).toHaveLength(5);
});

/** A frame that shows kubeadm's progress, on a terminal of so many rows. */
async function frameInTheMiddle(rows: number, pattern: RegExp): Promise<string> {
  const surface = recordingSurface({ terminal: { rows } });
  const screen = treeScreen(surface);
  const longCommandEnds = bootstrap.findIndex((event) => event.type === "command" && event.ms > 20_000);
  bootstrap.slice(0, longCommandEnds).forEach(screen.sink);
  const frame = await surface.stdout.written(pattern);
  await screen.finish();
  return frame.trimEnd().replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, "~");
}

test("while kubeadm runs, its row shows kubeadm's progress", async () => {
  expect(await frameInTheMiddle(24, /✔ etcd[^]*wait-control-plane[^]*Workers/)).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ✔ etcd          2/2  4.2s  1 changed
    ~ First master  0/1  m1: kubeadm init: [wait-control-plane] \\u001b[2Jwaiting
    ◼ Workers       0/1"
  `);
});

test("a low terminal hides the least important rows", async () => {
  expect(await frameInTheMiddle(4, /✔ etcd[^]*wait-control-plane/)).toMatchInlineSnapshot(`
    "✔ etcd          2/2  4.2s  1 changed
    ~ First master  0/1  m1: kubeadm init: [wait-control-plane] \\u001b[2Jwaiting"
  `);
});

test("after Ctrl-C the tree shows that it is finishing", async () => {
  const interrupt = new AbortController();
  const surface = recordingSurface({ terminal: { rows: 24 }, signal: interrupt.signal });
  const screen = treeScreen(surface);
  interrupt.abort();
  stoppedBootstrap.forEach(screen.sink);
  await screen.finish();
  expect(surface.stdout.text).toContain(FINISHING);
  expect(whatIsLeft(surface.stdout.writes)).not.toContain(FINISHING);
});

test("two consecutive runs leave two trees, and the cursor is visible again", async () => {
  const { surface, left } = await show([...stoppedBootstrap, ...bootstrap]);
  expect(stripVTControlCharacters(surface.stdout.text)).toContain("cancelled");
  expect(left).toContain("Workers       1/1");
  expect(surface.stdout.text.endsWith("\u001B[?25h")).toBe(true);
});

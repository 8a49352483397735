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

test("a bootstrap leaves one row a phase on the terminal", async () => {
  expect((await show(bootstrap)).left).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ✔ etcd          2/2  4.2s  1 changed
    ✔ First master  1/1  24.0s  1 changed
    ✔ Workers       1/1  5.8s  1 changed"
  `);
});

test("a failed phase keeps its cross, its host and its message, and the tree itself does not throw", async () => {
  expect((await show(failedBootstrap)).left).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ✔ etcd          2/2  4.2s  1 changed
    ✔ First master  1/1  24.0s  1 changed
    ✖ Workers       0/1  w1: kubeadm join failed"
  `);
});

test("what was cancelled is neither done nor failed", async () => {
  expect((await show(stoppedBootstrap)).left).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ↓ etcd          0/2  cancelled
    ↓ First master  0/1  cancelled
    ↓ Workers       0/1  cancelled"
  `);
});

test("a run that broke off without its last events still ends its tree", async () => {
  const { left } = await show(bootstrap.slice(0, 12));
  expect(left.split("\n")).toHaveLength(5);
});

/** A frame that shows kubeadm at work, on a terminal of so many rows. */
async function frameInTheMiddle(rows: number, pattern: RegExp): Promise<string> {
  const surface = recordingSurface({ terminal: { rows } });
  const screen = treeScreen(surface);
  const longCommandEnds = bootstrap.findIndex((event) => event.type === "command" && event.ms > 20_000);
  bootstrap.slice(0, longCommandEnds).forEach(screen.sink);
  const frame = await surface.stdout.written(pattern);
  await screen.finish();
  return frame.trimEnd().replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, "~");
}

test("while kubeadm works, its row says what it is doing", async () => {
  expect(await frameInTheMiddle(24, /✔ etcd[^]*wait-control-plane[^]*Workers/)).toMatchInlineSnapshot(`
    "✔ Preflight     3/3  0.5s
    ✔ Prepare       3/3  2.1s  2 changed
    ✔ etcd          2/2  4.2s  1 changed
    ~ First master  0/1  m1: kubeadm init: [wait-control-plane] \\u001b[2Jwaiting
    ◼ Workers       0/1"
  `);
});

test("on a low terminal the rows that matter least make room", async () => {
  expect(await frameInTheMiddle(4, /✔ etcd[^]*wait-control-plane/)).toMatchInlineSnapshot(`
    "✔ etcd          2/2  4.2s  1 changed
    ~ First master  0/1  m1: kubeadm init: [wait-control-plane] \\u001b[2Jwaiting"
  `);
});

test("after Ctrl-C the tree says that it is finishing", async () => {
  const interrupt = new AbortController();
  const surface = recordingSurface({ terminal: { rows: 24 }, signal: interrupt.signal });
  const screen = treeScreen(surface);
  interrupt.abort();
  stoppedBootstrap.forEach(screen.sink);
  await screen.finish();
  expect(surface.stdout.text).toContain(FINISHING);
  expect(whatIsLeft(surface.stdout.writes)).not.toContain(FINISHING);
});

test("two runs after one another leave two trees, and the cursor is back", async () => {
  const { surface, left } = await show([...stoppedBootstrap, ...bootstrap]);
  expect(stripVTControlCharacters(surface.stdout.text)).toContain("cancelled");
  expect(left).toContain("Workers       1/1");
  expect(surface.stdout.text.endsWith("\u001B[?25h")).toBe(true);
});

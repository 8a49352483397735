import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { Secret } from "../../src/secret.ts";
import { screenFor } from "../../src/ui/index.ts";
import { bootstrap, plan } from "../support/scenario.ts";
import { recordingSurface } from "../support/surface.ts";

type Situation = Parameters<typeof recordingSurface>[0] & {
  json?: boolean;
  showSecrets?: boolean;
  events?: typeof plan;
};

async function shown({
  json = false,
  showSecrets = false,
  events = bootstrap,
  ...situation
}: Situation): Promise<string> {
  const surface = recordingSurface(situation);
  const [start] = events;
  const screen = screenFor(surface, { json, showSecrets, mode: start?.type === "run.start" ? start.mode : "apply" });
  events.forEach(screen.sink);
  await screen.finish();
  return surface.stdout.text;
}

/** A plan in which a file that others may not read differs, in another way on each host. */
const masked = plan.map((event): RunEvent => {
  if (event.type !== "resource.change") return event;
  const secret = new Secret(`--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-password of ${event.host}\n+new\n`);
  return { ...event, changes: [{ field: "content", from: "*** (different)", to: "***", secret }] };
});

test.each([false, true])("the text of a file that others may not read is not shown (as JSON: %s)", async (json) => {
  const text = await shown({ json, events: masked });
  expect(text).toContain("*** (different)");
  expect(text).not.toContain("password of");
});

test("it is shown to whoever asks for it, each host's own, and never as JSON, which is kept", async () => {
  const text = await shown({ showSecrets: true, events: masked });
  expect(text).toContain("-password of m1");
  expect(text).toContain("-password of m2");
  expect(await shown({ showSecrets: true, json: true, events: masked })).not.toContain("password of");
});

const HIDE_CURSOR = "\u001B[?25l";
const terminal = { rows: 24 };

test("somebody at a terminal gets the tree", async () => {
  expect(await shown({ terminal })).toContain(HIDE_CURSOR);
});

test.each([
  ["a file or a pipe", {}],
  ["a CI system, even one that pretends to be a terminal", { terminal, env: { CI: "true" } }],
  ["a dumb terminal", { terminal, env: { TERM: "dumb" } }],
  ["a terminal without a size", { terminal: { ...terminal, columns: 0 } }],
])("%s gets lines", async (_, situation: Situation) => {
  const text = await shown(situation);
  expect(text).not.toContain(HIDE_CURSOR);
  expect(text).toMatch(/^.*0\.0s.* apply lab: 5 phases on 3 hosts\n/);
});

test.each([
  ["at a terminal", { terminal }],
  ["in a log", {}],
])("a plan is its changes, with diffs that no tree has room for, %s", async (_, situation: Situation) => {
  const text = await shown({ ...situation, events: plan });
  expect(text).not.toContain(HIDE_CURSOR);
  expect(text).toMatch(/^plan lab: 5 phases on 3 hosts\n/);
});

test("a machine gets every event, one line of JSON each", async () => {
  const text = await shown({ json: true, terminal });
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(bootstrap);
});

import { expect, test } from "vitest";
import { screenFor } from "../../src/ui/index.ts";
import { bootstrap, plan } from "../support/scenario.ts";
import { recordingSurface } from "../support/surface.ts";

type Situation = Parameters<typeof recordingSurface>[0] & { json?: boolean; events?: typeof plan };

async function shown({ json = false, events = bootstrap, ...situation }: Situation): Promise<string> {
  const surface = recordingSurface(situation);
  const [start] = events;
  const screen = screenFor(surface, { json, mode: start?.type === "run.start" ? start.mode : "apply" });
  events.forEach(screen.sink);
  await screen.finish();
  return surface.stdout.text;
}

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

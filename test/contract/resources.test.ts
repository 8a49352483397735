import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { killSwitch, recording } from "../support/connections.ts";
import { type Entry, lasting } from "../support/listing.ts";
import { noMachine, over, throwAwayMachine, type ThrowAwayMachine } from "../support/machine.ts";
import { because } from "../support/programs.ts";
import { changesIn, walk } from "../support/walk.ts";
import { CLUSTER } from "./cases/cluster.ts";
import { FILES } from "./cases/files.ts";
import type { ResourceCase } from "./cases/resource-case.ts";
import { SYSTEM } from "./cases/system.ts";

const CASES: readonly ResourceCase[] = [...FILES, ...SYSTEM, ...CLUSTER];
const RESOURCES = join(import.meta.dirname, "../../src/resources");
const CONSTRUCTOR = /^export (?:const (\w+) = defineResource|function (\w+)\([^)]*\): Resource\b)/gm;

test("every resource has a case here", () => {
  const constructors = readdirSync(RESOURCES).flatMap((name) =>
    [...readFileSync(join(RESOURCES, name), "utf8").matchAll(CONSTRUCTOR)].map(([, one, other]) => one ?? other),
  );
  const cases = [...new Set(CASES.map((each) => each.of))];
  expect(cases.toSorted()).toEqual(constructors.filter((name) => name !== "defineResource").toSorted());
});

describe.skipIf(noMachine).each(CASES)(`$of: $title${because(noMachine)}`, (tried) => {
  let machine: ThrowAwayMachine;
  const scripts: string[] = [];
  /** The machine before and after a plan, an apply, and an apply again; and what each of the three said. */
  const states: Entry[][] = [];
  const said: RunEvent[][] = [];
  /** How many the apply took. */
  let commands = 0;

  beforeAll(async () => {
    machine = await prepared(tried);
    const wire = recording(machine.connection);
    const host = over(machine.host, wire);
    const resources = tried.make({ ...machine, host });
    states.push(machine.listing());
    for (const mode of ["plan", "apply", "apply"] as const) {
      said.push(await walk(host, resources, mode));
      states.push(machine.listing());
      if (said.length < 3) commands = wire.scripts.length - commands;
    }
    scripts.push(...wire.scripts);
  }, 60_000);
  afterAll(() => machine[Symbol.asyncDispose]());

  it("writes nothing while it reads", () => {
    expect(changesIn(said[0] ?? [])).not.toEqual([]);
    expect(states[1]).toEqual(states[0]);
  });

  it("makes the planned changes, and then has nothing to do", () => {
    const [plan, first, second] = said.map(changesIn);
    expect(first).toEqual(plan);
    expect(second).toEqual([]);
    expect(states[3]).toEqual(states[2]);
  });

  it("reports every change with the old and the new value", () => {
    for (const change of changesIn(said[1] ?? []))
      expect(change).toMatchObject("diff" in change ? { diff: /\n[+-]/ } : { from: /./, to: /./ });
  });

  it("shows no secret, neither in commands nor in reports", () => {
    const seen = `${scripts.join("\n")}\n${JSON.stringify(said)}`;
    for (const secret of tried.secrets?.(machine) ?? []) expect(seen).not.toContain(secret);
  });

  it("ends in the same state, killed after any command", async () => {
    const untouched = lasting(states[2] ?? [], tried.everNew);
    await Promise.all(
      Array.from({ length: commands }, async (_, index) => {
        await using other = await prepared(tried);
        const host = over(other.host, killSwitch(index + 1).through(other.connection));
        // A wait may take a command less than it took the first time: then it comes to its end.
        const end: unknown = await walk(host, tried.make({ ...other, host })).catch((error: unknown) => error);
        if (index === 0 || end instanceof Error) expect(end).toMatchObject({ message: "killed" });
        await walk(other.host, tried.make(other));
        expect(lasting(other.listing(), tried.everNew), `killed after command ${index + 1}`).toEqual(untouched);
      }),
    );
  }, 60_000);
});

async function prepared({ prepare }: ResourceCase): Promise<ThrowAwayMachine> {
  const machine = await throwAwayMachine();
  prepare?.(machine);
  return machine;
}

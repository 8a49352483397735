import { test } from "vitest";
import { noMachine, throwAwayMachine, type ThrowAwayMachine } from "./machine.ts";
import { because } from "./programs.ts";

/** A test with a throw-away machine of its own; skipped, saying so, where there can be none. */
export function machineStory(name: string, tell: (machine: ThrowAwayMachine) => Promise<void>): void {
  test.skipIf(noMachine)(
    name + because(noMachine),
    async () => {
      await using machine = await throwAwayMachine();
      await tell(machine);
    },
    60_000,
  );
}

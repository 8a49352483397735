import { expect, test } from "vitest";
import { PHASES } from "../../src/phases/index.ts";
import { groupOf, PHASE_GROUPS } from "../../src/report/phase-groups.ts";

test("the groups name phases that exist", () => {
  const grouped = PHASE_GROUPS.flatMap(({ phases }): readonly string[] => phases);
  const existing = PHASES.map(({ name }) => name);
  expect(grouped.filter((phase) => !existing.includes(phase))).toEqual([]);
});

test("an unlisted phase has a colour too", () => {
  expect(groupOf("defragment")).toBe("other");
});

import { expect, test } from "vitest";
import { noSuchSnapshot } from "../../src/lab/snapshots.ts";
import { testCluster } from "../support/cluster.ts";

test("a snapshot that does not exist is refused with the names of those that do", () => {
  expect(noSuchSnapshot(testCluster(), "good", ["first", "second"])).toMatchObject({
    code: "E_LAB",
    message: "the lab prod has no snapshot good",
    details: { hint: "the snapshots are first, second" },
  });
});

test("where there are no snapshots at all, no hint is to create one of the name they wanted to remove", () => {
  const { message, details } = noSuchSnapshot(testCluster(), "good", []);
  expect(message).toBe("the lab prod has no snapshots");
  expect(details.hint).toMatch(/^`tripod lab save NAME -i .*` takes one of a lab that is up$/);
});

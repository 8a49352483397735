import { expect, test } from "vitest";
import { parseReleases } from "../../src/lab/release.ts";

const HOSTS = ["m1", "m2", "w1", "w2"];

test.each([
  ["one for all", ["trixie"], { others: "trixie", named: {} }],
  ["one for some", ["trixie=w1,w2"], { named: { w1: "trixie", w2: "trixie" } }],
  ["one for some and another for the rest", ["trixie=w1", "bookworm"], { others: "bookworm", named: { w1: "trixie" } }],
])("releases are said as %s", (_, texts, meant) => {
  expect(parseReleases(texts, HOSTS)).toEqual(meant);
});

test.each([
  [["buster"], "unknown release: buster"],
  [["trixie=w1,w9"], "--release trixie=w1,w9: unknown machine w9"],
  [["trixie=w1", "bookworm=w1"], "--release sets both trixie and bookworm for w1"],
  [["trixie", "bookworm"], "--release sets both trixie and bookworm for all hosts"],
])("%j is refused", (texts, message) => {
  expect(() => parseReleases(texts, HOSTS)).toThrow(message);
});

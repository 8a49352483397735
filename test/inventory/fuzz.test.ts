import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";
import { inventoryOf } from "../support/counted.ts";

const EXAMPLE = readFileSync(new URL("../../inventories/example.yaml", import.meta.url), "utf8");

/** mulberry32: the same numbers from 0 to 1 each time. */
function numbersFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const PIECES = [
  ...Array.from("[]{}:,-?&*!|>'\"%@`#~\t\n\0 0"),
  ...["\u200b", "\u202e", "- ", ": ", "<<: *a\n", "&a ", "*a", "!!binary ", "null", "true", "1.30", "0644", "off"],
  ...["---\n", "...\n", "%YAML 1.1\n", "__proto__: 1\n", "constructor: {}\n", "[".repeat(70), "9".repeat(400)],
];

/** The text with a few things done to it that a hand, a merge or a broken program does. */
function mutated(text: string, next: () => number): string {
  const upTo = (most: number) => Math.floor(next() * most);
  let result = text;
  for (let times = 1 + upTo(4); times > 0; times--) {
    const [at, length] = [upTo(result.length), upTo(40)];
    const [before, after] = [result.slice(0, at), result.slice(at)];
    const lines = result.split("\n");
    const line = lines[upTo(lines.length)] ?? "";
    const ways = [
      () => before + (PIECES[upTo(PIECES.length)] ?? "") + after,
      () => before + after.slice(length),
      () => before + after.slice(0, length) + after,
      () => before,
      () => lines.toSpliced(upTo(lines.length), 0, line).join("\n"),
      () => lines.filter((each) => each !== line).join("\n"),
      () => result.replace(/\b[a-z]+: /i, (key) => (next() < 0.5 ? key.toUpperCase() : key.slice(1))),
    ];
    result = ways[upTo(ways.length)]?.() ?? result;
  }
  return result;
}

/** What is said of a text, and the CPU time that it took, ms. */
function judged(text: string): { error: unknown; cpu: number } {
  const before = process.cpuUsage();
  let error: unknown;
  try {
    parseInventory(text, "fuzzed.yaml");
  } catch (thrown) {
    error = thrown;
    if (thrown instanceof InventoryErrors) thrown.explain();
  }
  const { user, system } = process.cpuUsage(before);
  return { error, cpu: (user + system) / 1000 };
}

/** The least of several: nothing is faster than it can be, and what else runs makes everything slower. */
function leastCpu(text: string, rounds: number): number {
  return Math.min(...Array.from({ length: rounds }, () => judged(text).cpu));
}

describe("whatever is done to an inventory", () => {
  const next = numbersFrom(20261127);
  const files = Array.from({ length: 400 }, () => mutated(EXAMPLE, next));

  it("it is parsed, or every mistake is reported at its place, without a stack and without a control character", () => {
    for (const text of files) {
      const { error } = judged(text);
      if (error === undefined) continue;
      expect(error, text).toBeInstanceOf(InventoryErrors);
      const { errors } = error as InventoryErrors;
      expect(errors.length, text).toBeGreaterThan(0);
      for (const each of errors) {
        expect(each.code).toBe("E_INVENTORY");
        expect(each.details.origin, each.message).toMatchObject({ file: "fuzzed.yaml" });
        expect(each.message).not.toMatch(/^\s+at |undefined|\[object|[^\P{Cc}\t]/u);
      }
    }
  }, 120_000);

  it("it takes at most twice the time of the original inventory", () => {
    judged(EXAMPLE);
    // Of what takes milliseconds a collection of garbage may be the larger part.
    const most = 2 * leastCpu(EXAMPLE, 10) + 20;
    const slow = files.filter((text) => judged(text).cpu > most && leastCpu(text, 5) > most);
    expect(slow).toEqual([]);
  }, 120_000);
});

describe("a large inventory with nothing but mistakes is refused within seconds:", () => {
  const small = inventoryOf(4);
  const many = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join("");

  it.each<[string, string, RegExp]>([
    [
      "ten thousand unknown keys",
      small + many(10_000, (index) => `key${index}: 1\n`),
      /… and 9,950 more\n10,000 mistakes/,
    ],
    [
      "ten thousand settings that no kubelet has",
      small.replace("kubernetes: {", `kubernetes: { kubelet: { ${many(10_000, (index) => `maxPods${index}: 1, `)} },`),
      /did you mean `maxPods`[^]*… and 9,950 more\n10,000 mistakes/,
    ],
    [
      "five thousand workers that lack an address",
      inventoryOf(5000).replaceAll(", address", ", adress"),
      /… and 4,9\d+ more\n/,
    ],
    [
      "two unknown keys on each worker",
      inventoryOf(1000).replaceAll(" }\n", ", foo: 1, bar: 2 }\n"),
      /… and 1,95\d more\n/,
    ],
    [
      "ten thousand bad taints of one worker",
      `${small}  - name: w9\n    address: 172.16.9.9\n    taints:\n${many(10_000, () => "    - x\n")}`,
      /… and 9,950 more\n/,
    ],
    ["half a million brackets", "[".repeat(500_000), /1:61 nested too deeply: no inventory has so many levels/],
    ["half a million lists, each in the one before", "- ".repeat(250_000), /1:1 nested too deeply/],
    ["as many maps", "{a: ".repeat(125_000), /nested too deeply/],
    [
      "a thousand levels by indentation",
      many(1000, (index) => `${" ".repeat(index)}a:\n`),
      /241:\d+ nested too deeply/,
    ],
    ["one key a hundred thousand times", many(100_000, () => "a: 1\n"), /duplicate key `a`/],
    ["a hundred thousand aliases", `a: &a 1\nb:\n${many(100_000, () => "- *a\n")}`, /unknown key `b`/],
    [
      "aliases of aliases",
      `a0: &a0 [1]\n${many(30, (index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`)}`,
      /too large when they are resolved/,
    ],
  ])(
    "%s",
    (_, text, said) => {
      const { error, cpu } = judged(text);
      expect((error as InventoryErrors).explain()).toMatch(said);
      expect(cpu).toBeLessThan(10_000);
    },
    120_000,
  );

  it("of a thousand machines, all with the same login by an alias, nothing is refused", () => {
    const [head = "", ...rest] = inventoryOf(1000).split("masters:\n");
    const text = `${head}ssh: &login { user: root }\nmasters:\n${rest.join("").replaceAll(" }\n", ", ssh: *login }\n")}`;
    expect(() => parseInventory(text, "x.yaml")).not.toThrow();
  });

  it("a power command with ten thousand half placeholders is checked at once", () => {
    const text = `${inventoryOf(3)}power: { off: "${"{{ ".repeat(20_000)}", on: "true" }\n`;
    expect(judged(text).cpu).toBeLessThan(5000);
  });
});

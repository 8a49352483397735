import { expect, test } from "vitest";
import { bounded, hanging, jsonText, oneLine, printable } from "../src/printable.ts";

test.each([
  ["colours", "\u001B[31mred\u001B[0m \u001B[38;5;9mred", "red red"],
  ["a cleared screen", "\u001B[2J\u001B[Hgone", "\\u001b[2J\\u001b[Hgone"],
  ["a window's title", "\u001B]0;mine\u0007text", "\\u001b]0;mine\\u0007text"],
  ["an escape of one byte", "\u009B2Jgone", "\\u009b2Jgone"],
  ["a bell, a null, a DEL and what XML forbids", "a\u0007b\u0000c\uFFFEd\u007F", "a\\u0007b\\u0000c\\ufffed\\u007f"],
  ["half a character", "a\uD83D", "a\\ud83d"],
  ["text that runs backwards", "a\u202Etxt.exe\u2066", "a\\u202etxt.exe\\u2066"],
  ["what has no width", "m1\u200B\u00AD\uFEFF\u3164", "m1\\u200b\\u00ad\\ufeff\\u3164"],
  ["what only some programs treat as a new line", "a\u2028b\u0085c", "a\\u2028b\\u0085c"],
  ["invisible letters", "a\u{E0041}", "a\\udb40\\udc41"],
  ["the line ends of Windows and of progress bars", "a\r\nb\rc", "a\nb\nc"],
])("%s: control characters are printed as escapes", (_, text, shown) => {
  expect(printable(text)).toBe(shown);
  expect(printable(shown)).toBe(shown);
});

test("lines, tabs and all languages stay as they are", () => {
  const text = "\tœuvre — 日本\n🛠️ שלום\n";
  expect(printable(text)).toBe(text);
});

test("JSON parses to the same value, and contains nothing that controls a terminal", () => {
  const value = { said: "\u001B[2J\u009B2J\u007F\u202E\u2028\u200Bé🛠️\u{E0041}" };
  expect(jsonText(value)).toMatch(/^(?:[\x20-\x7Eé]|🛠️)+$/u);
  expect(JSON.parse(jsonText(value))).toEqual(value);
});

test("a line of a host's output cannot pass for a line of Tripod", () => {
  expect(hanging("refused\r✔ apply done\n\n")).toBe("refused\n  ✔ apply done");
});

test("a long line is cut, with the number of missing characters", () => {
  expect(bounded("x".repeat(30), 10)).toBe("xxxxxxxxxx… (20 more characters)");
  expect(oneLine(`${"x".repeat(1e6)}\nsecond`)).toHaveLength(2000 + "… (998000 more characters)".length);
});

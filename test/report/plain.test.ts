import { expect, test } from "vitest";
import { plain } from "../../src/report/plain.ts";

test.each([
  ["colours", "\u001B[31mred\u001B[0m", "red"],
  ["a cleared screen", "\u001B[2J\u001B[Hgone", "gone"],
  ["a window's title", "\u001B]0;mine\u0007text", "text"],
  ["a bell, a null and what XML forbids", "a\u0007b\u0000c\uFFFEd", "abcd"],
  ["half a character", "a\uD83D", "a\uFFFD"],
  ["text that runs backwards", "a\u202Etxt.exe", "atxt.exe"],
  ["the line ends of Windows and of progress bars", "a\r\nb\rc", "a\nb\nc"],
])("%s: nothing that steers is left", (_, text, shown) => {
  expect(plain(text)).toBe(shown);
});

test("lines, tabs and all languages stay as they are", () => {
  const text = "\tœuvre — 日本\n🛠️ שלום\n";
  expect(plain(text)).toBe(text);
});

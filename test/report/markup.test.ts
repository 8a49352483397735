import { expect, test } from "vitest";
import { markup } from "../../src/report/markup.ts";
import { HOSTILE } from "../support/reports.ts";
import { parseXml } from "../support/xml.ts";

test("text stays text, in an element and in an attribute", () => {
  const element = parseXml(markup`<a b="${HOSTILE}" c='${HOSTILE}'>${HOSTILE}</a>`.markup);
  expect(element).toMatchObject({ name: "a", elements: [] });
  for (const value of [element.attributes.b, element.attributes.c, element.text])
    expect(value).toBe(`</pre></style><script>alert("1")</script><img src=x onerror='alert(2)'> & ]]> \\u0000\\u202e`);
});

test("markup inside markup is not escaped again", () => {
  const inner = markup`<b>${"<"}</b>`;
  expect(markup`<a>${inner}${[inner, ["&", 1]]}</a>`.markup).toBe("<a><b>&#60;</b><b>&#60;</b>&#38;1</a>");
});

test.each([
  ["an object", { markup: "<img src=x onerror=alert(1)>" }],
  ["a list of objects", [{ markup: "<img src=x onerror=alert(1)>" }]],
  ["null", null],
])("%s in a record, where a text should be, is no markup", (_, value) => {
  const { markup: page } = markup`<a>${value as unknown as string}</a>`;
  expect(parseXml(page)).toMatchObject({
    elements: [],
    text: Array.isArray(value) ? JSON.stringify(value[0]) : JSON.stringify(value),
  });
});

test("absent values are empty, and zero is not absent", () => {
  expect(markup`[${undefined}${false}${[]}${0}${""}]`.markup).toBe("[0]");
});

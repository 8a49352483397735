import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { describe, expect, it } from "vitest";
import { HELPERS } from "../../src/render/helpers.ts";
import { missingNames } from "../../src/render/names.ts";
import { render } from "../../src/render/render.ts";

const ROOT = join(import.meta.dirname, "../..");

function missing(template: string, view: object): string[] {
  return missingNames(Handlebars.parse(template), view);
}

describe("A template", () => {
  it("is rendered from its view, without the line that names its file", () => {
    const text = render("containerd/crictl.yaml", { endpoint: "unix:///run/containerd/containerd.sock" });
    expect(text.split("\n")[0]).toBe("# Written by Tripod; a change made here is undone by the next apply.");
    expect(text).toContain("runtime-endpoint: unix:///run/containerd/containerd.sock\n");
  });

  it("that uses a name its view does not have is a bug, and the error has the name and the line", () => {
    expect(() => render("containerd/crictl.yaml", { endpont: "x" })).toThrow(
      expect.objectContaining({ code: "E_INTERNAL", details: { why: "endpoint (line 3)\nendpoint (line 4)" } }),
    );
  });
});

describe("A name the view does not have is found", () => {
  it.each([
    ["where it would print as nothing", "{{nobody}}", {}, ["nobody (line 1)"]],
    ["where a condition would be false for ever", "{{#if nobody}}x{{/if}}", {}, ["nobody (line 1)"]],
    ["where a list would be empty for ever", "\n{{#each nobody}}x{{/each}}", {}, ["nobody (line 2)"]],
    ["in the branch that is not taken", "{{#if no}}{{nobody}}{{else}}{{no}}{{/if}}", { no: "" }, ["nobody (line 1)"]],
    ["in one item of a list", "{{#each xs}}{{name}}{{/each}}", { xs: [{ name: "m1" }, {}] }, ["name (line 1)"]],
    ["one step up, from inside a list", "{{#each xs}}{{../nobody}}{{/each}}", { xs: ["m1"] }, ["../nobody (line 1)"]],
    ["deep inside an object", "{{#with a}}{{b.c}}{{/with}}", { a: { b: {} } }, ["b.c (line 1)"]],
    ["among what a helper is given", "{{shell nobody}}", {}, ["nobody (line 1)"]],
    ["where it is there, but null", "{{nothing}}", { nothing: null }, ["nothing (line 1)"]],
    ["where only the prototype has it", "{{toString}}", {}, ["toString (line 1)"]],
  ])("%s", (_, template, view, names) => {
    expect(missing(template, view)).toEqual(names);
  });

  it("and names that exist are not: items, keys, steps up, values that are false", () => {
    const view = { xs: ["a", "b"], map: { k: "v" }, on: false, name: "m1", port: 0 };
    const template =
      "{{name}}{{port}}{{#if on}}x{{/if}}{{#each xs}}{{@index}}{{this}}{{../name}}{{/each}}{{#each map}}{{@key}}{{this}}{{/each}}";
    expect(missing(template, view)).toEqual([]);
  });

  it("and a list that would print as [object Object] is refused", () => {
    expect(missing("{{x}}", { x: { a: 1 } })).toEqual(["x (line 1) is neither text nor a number"]);
  });

  it("and what a check cannot follow is refused", () => {
    expect(missing("{{> partial}}", {})).toEqual(["PartialStatement (line 1) is not allowed in these templates"]);
    expect(missing("{{#list xs}}{{/list}}", { xs: [] })).toEqual([
      "{{#list}} (line 1) is not a block that these templates may use",
    ]);
  });
});

describe("A helper quotes", () => {
  it("any word for a shell", () => {
    expect(HELPERS.shell("it's $HOME")).toBe("'it'\\''s $HOME'");
  });

  it("text for YAML where it would be read as something else", () => {
    expect(HELPERS.yaml("yes: no")).toBe('"yes: no"');
    expect(HELPERS.yaml("1.30")).toBe('"1.30"');
    expect(HELPERS.yaml("plain")).toBe("plain");
  });

  it("text for TOML and JSON", () => {
    expect(HELPERS.json('a "b"\n')).toBe('"a \\"b\\"\\n"');
  });
});

describe("Every template", () => {
  const templates = readdirSync(join(ROOT, "templates"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith("/lab"))
    .map((entry) => `${entry.parentPath.slice(join(ROOT, "templates/").length)}/${entry.name}`);
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");

  it.each(templates)("%s names its file on its first line, and is rendered somewhere", (name) => {
    const [first] = readFileSync(join(ROOT, "templates", name), "utf8").split("\n");
    expect(first).toMatch(/^\{\{!-- \/\S+.*: .+ --\}\}$/);
    expect(sources).toContain(`"${name}"`);
  });
});

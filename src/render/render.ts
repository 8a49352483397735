import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Handlebars from "handlebars";
import { TripodError } from "../errors.ts";
import { HELPERS } from "./helpers.ts";
import { missingNames } from "./names.ts";

/** The data of a template: plain values, nothing optional. */
type ViewValue = string | number | boolean | View | readonly ViewValue[];
export interface View {
  readonly [name: string]: ViewValue;
}

/** Two folders up, from src/render as from dist/render. */
const TEMPLATES = new URL("../../templates/", import.meta.url);

const handlebars = Handlebars.create();
for (const [name, helper] of Object.entries(HELPERS)) handlebars.registerHelper(name, helper);

const OPTIONS: CompileOptions = {
  strict: true,
  noEscape: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(
    ["if", "unless", "each", "with", ...Object.keys(HELPERS)].map((name) => [name, true]),
  ),
};

interface Compiled {
  readonly program: hbs.AST.Program;
  readonly template: HandlebarsTemplateDelegate<View>;
}

const compiled = new Map<string, Compiled>();

/**
 * The text of one file: `render("etcd/etcd.env", view)`. The template's first line is a comment that names the file it becomes, and
 * is not part of the text. Throws E_INTERNAL when the template uses a name the view does not have, in any branch.
 */
export function render(name: string, view: View): string {
  const { program, template } = load(name);
  const missing = missingNames(program, view);
  if (missing.length > 0)
    throw new TripodError("E_INTERNAL", `the template ${name} uses names that its view does not have`, {
      why: missing.join("\n"),
    });
  return template(view);
}

function load(name: string): Compiled {
  const known = compiled.get(name);
  if (known) return known;
  const text = readFileSync(fileURLToPath(new URL(name, TEMPLATES)), "utf8");
  const program = handlebars.parse(text);
  const template = handlebars.compile<View>(program, OPTIONS);
  const entry = { program, template };
  compiled.set(name, entry);
  return entry;
}

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "../src");
/** Words that begin with a capital wherever they stand. */
const NAMES = /^(?:Tripod|Kubernetes|SSH|Ctrl|Debian)\b/;

/** The texts that an expression may be; a hole of a template is `…`. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [[node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join("…")];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  return [];
}

/** Every hint that is written in src/, as `file: text`. */
function hints(): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.flatMap((name) => {
    const file = join(SRC, name);
    const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const visit = (node: ts.Node) => {
      const named = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node) ? node : undefined;
      if (named?.name.getText(tree) === "hint" && named.initializer)
        found.push(...textsOf(named.initializer).map((text) => `${relative(SRC, file)}: ${text}`));
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

test("every hint has one style: it begins with a small letter, and ends without a full stop", () => {
  const all = hints();
  expect(all.length).toBeGreaterThan(150);
  const others = all.filter((hint) => {
    const text = hint.slice(hint.indexOf(": ") + 2);
    return (/^[A-Z][a-z]/.test(text) && !NAMES.test(text)) || text.endsWith(".");
  });
  expect(others).toEqual([]);
});

/** Commands that work on one inventory. */
const ON_AN_INVENTORY =
  /\btripod (?:validate|preflight|plan|apply|status|drill|kubeconfig|rehearse|lab \w+|vagrant software)\b(?! --(?:help|list))[^`;]*/g;

test("a command in a hint names the inventory: typed as it is, it works", () => {
  const without = hints().flatMap((hint) =>
    [...hint.matchAll(ON_AN_INVENTORY)].map(([command]) => command).filter((command) => !/-i |…/.test(command)),
  );
  expect(without).toEqual([]);
});

/** Errors that need no hint: a bug; an answer of the user's; and what a wait shows as its reason and asks again. */
const WITHOUT_HINT = ["E_INTERNAL", "E_INTERRUPTED"];
const REASONS_OF_WAITS = ["drills/api.ts"];

test("every error that a user can meet has a hint", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const without = files.flatMap((name) => {
    const text = readFileSync(join(SRC, name), "utf8");
    const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isNewExpression(node) && node.expression.getText(tree) === "TripodError") {
        const [code, message, details] = (node.arguments ?? []).map((argument) => argument.getText(tree));
        const exempt = WITHOUT_HINT.some((each) => code?.includes(each)) || REASONS_OF_WAITS.includes(name);
        // Details that are passed on, or spread, have their hint where they are written.
        if (!exempt && !/\bhint\b|\.\.\.|^details$|^problem/.test(details ?? ""))
          found.push(`${name}: ${message ?? ""}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
  expect(without).toEqual([]);
});

import type { z } from "zod";
import { accepts } from "./accepts.ts";
import type { Source } from "./locate.ts";
import { dotted, type Path, type Problem } from "./problem.ts";
import { insteadOfKey, insteadOfMap, insteadOfWord } from "./other-words.ts";
import { exampleAt, keysAt } from "./schema.ts";
import { shown, shownBare } from "./shown.ts";
import { spaceMissing } from "./syntax.ts";
import { didYouMean, suggest } from "./suggest.ts";
import { isRequired, keyWritten } from "./written.ts";

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys",
  record: "a map of keys",
};

/** A problem and its part in another: a required key that is mistyped is one mistake, not two. */
interface Explained extends Problem {
  /** The key is required, and not there. */
  readonly missing?: true;
  /** The key that an unknown one was most likely intended as. */
  readonly intended?: Path;
}

/**
 * The schema's issues in plain words. A key that is missing because it is misspelt is reported once, at the misspelt one; of a key that is
 * written twice, the content is not reported.
 */
export function explainAll(issues: readonly z.core.$ZodIssue[], source: Source): Problem[] {
  const problems = issues.flatMap((issue) => explain(issue, source));
  const intended = new Set(problems.flatMap(({ intended = [] }) => withParents(intended).map(dotted)));
  const doubled = new Set(source.doubled.map(dotted));
  return problems
    .filter(({ missing, path }) => !missing || !intended.has(dotted(path)))
    .filter(({ path }) => doubled.size === 0 || !withParents(path).some((around) => doubled.has(dotted(around))));
}

/** `[["loadBalancer"], ["loadBalancer", "vip"]]` */
function withParents(path: Path): Path[] {
  return path.map((_, depth) => path.slice(0, depth + 1));
}

function explain(issue: z.core.$ZodIssue, source: Source): Explained[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], key, source));
    case "invalid_type":
      return [wrongType(path, issue.expected, source)];
    case "invalid_key":
      return [{ path, at: "key", message: `\`${dotted(path)}\`: ${issue.issues[0]?.message ?? issue.message}` }];
    case "invalid_value": {
      const known = issue.values.map(String);
      const given = valueAt(source.value, path);
      const meant = typeof given === "string" ? didYouMean(given, known) : "";
      const hint = insteadOfWord(path, given);
      const message =
        typeof given === "string"
          ? `${shown(given)} is not one of ${known.join(", ")}${meant}`
          : `must be one of ${known.join(", ")}, not ${shown(given)}`;
      return [{ ...said(path, message), ...(hint && { hint }) }];
    }
    case "invalid_union":
      return formOf(issue, valueAt(source.value, path)).flatMap((inner) =>
        explain({ ...inner, path: [...issue.path, ...inner.path] }, source),
      );
    default: {
      const { hint } = (issue.code === "custom" && (issue.params as { hint?: string } | undefined)) || {};
      return [{ ...said(path, issue.message), ...(hint !== undefined && { hint }) }];
    }
  }
}

/** Of a value that may be a word or a map, the issues of the form that was meant. */
function formOf({ errors }: z.core.$ZodIssueInvalidUnion, given: unknown): readonly z.core.$ZodIssue[] {
  const isMap = typeof given === "object" && given !== null;
  const isInside = ({ code, path }: z.core.$ZodIssue) => path.length > 0 || code === "unrecognized_keys";
  return errors.find((issues) => issues.every((issue) => isInside(issue) === isMap)) ?? errors[0] ?? [];
}

function said(path: Path, message: string): Problem {
  return {
    path,
    message: `\`${dotted(path)}\`${message.startsWith('"') || message.startsWith("`") || message.startsWith("a ") ? ":" : ""} ${message}`,
  };
}

function unknownKey(path: Path, key: string, source: Source): Explained {
  const unknown = { path, at: "key" as const, message: `unknown key \`${shownBare(key)}\`` };
  if (key === "<<")
    return { ...unknown, message: `${unknown.message}: merge keys are not supported, write the keys out` };
  const around = path.slice(0, -1);
  const tight = withoutSpace(key, around);
  if (tight) return { path, at: "key", ...tight };
  const similar = suggest(key, keysAt(around));
  if (similar === undefined) {
    const map = valueAt(source.value, around) as Readonly<Record<string, unknown>>;
    return { ...unknown, ...insteadOfKey(path, { key, map }) };
  }
  return { ...unknown, message: `${unknown.message}, did you mean \`${similar}\`?`, intended: [...around, similar] };
}

/** A text in which a key of the map at this path is followed by a colon without a space. */
function withoutSpace(text: string, around: Path) {
  const [, key = "", value = ""] = /^([A-Za-z]\w*):(?!\/\/)(\S[^]*)$/.exec(text) ?? [];
  return keysAt(around).includes(key) ? { ...spaceMissing(key, value), intended: [...around, key] } : undefined;
}

function wrongType(path: Path, expected: string, source: Source): Explained {
  const name = path.length === 0 ? "an inventory" : `\`${dotted(path)}\``;
  const value = valueAt(source.value, path);
  if (value === undefined)
    return { path, at: "around", message: `${name} is missing`, ...toAdd("add", path), missing: true };
  if (value === null) return withoutValue(path, name);
  const tight = typeof value === "string" && isCollection(expected) ? withoutSpace(value, path) : undefined;
  if (tight) return { path, ...tight };
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean"))
    return unquoted(path, value, shownBare(source.written(path) ?? String(value)));
  const said = typeof value === "string" || typeof value === "number" ? meant(path, expected, `${value}`) : undefined;
  const hint = said ?? (isCollection(expected) ? asCollection(path, value) : undefined);
  return {
    path,
    message: `${name} must be ${KINDS[expected] ?? expected}, not ${shown(value)}`,
    ...(hint && { hint }),
  };
}

function withoutValue(path: Path, name: string): Problem {
  if (isRequired(path)) return { path, message: `${name} has no value`, ...toAdd("write", path) };
  const what = typeof path.at(-1) === "number" ? "item" : "key";
  return { path, message: `${name} has no value: set one, or remove the ${what}` };
}

/** The key with a value, to be written as it is or with the operator's own. */
function toAdd(verb: "add" | "write", path: Path): { hint: string } | undefined {
  const written = keyWritten(path);
  return written === undefined ? undefined : { hint: `${verb} ${written}` };
}

function isCollection(expected: string): boolean {
  return ["array", "object", "record"].includes(expected);
}

/** A list of the one value that was given, if the key takes that; or an example. */
function asCollection(path: Path, value: unknown): string | undefined {
  if (path.length === 0) return undefined;
  const ofOne = Array.isArray(value) || !accepts(path, [value]) ? undefined : listed(path, value);
  return ofOne ?? toAdd("write", path)?.hint;
}

function listed(path: Path, value: unknown): string | undefined {
  const key = String(path.at(-1));
  return typeof value === "string" ? `write ${key}: [${shownBare(value)}]` : undefined;
}

function meant(path: Path, expected: string, text: string): string | undefined {
  if (expected === "object") return insteadOfMap(path, text);
  if (expected === "boolean" && /^(yes|no|on|off)$/i.test(text))
    return "write true or false: YAML 1.2 has no other words for them";
  if (expected === "boolean" && /^(true|false)$/.test(text)) return "remove the quotes";
  if (expected === "number" && /^\d+$/.test(text)) return "remove the quotes";
  return undefined;
}

/** YAML reads 1.30 as the number 1.3. */
function unquoted(path: Path, value: number | boolean, written: string): Problem {
  const key = path.findLast((step) => typeof step === "string") ?? "";
  const set = (text: string) => (typeof path.at(-1) === "number" ? text : `${key}: ${text}`);
  const asRead = written === String(value) ? `a ${typeof value}` : `the ${typeof value} ${value}`;
  const message = `\`${dotted(path)}\` must be text: without quotes ${written} is ${asRead}`;
  const full = [written, `${written}.0`].find((text) => accepts(path, text));
  if (full !== undefined) return { path, message, hint: `quote it: ${set(`"${full}"`)}` };
  const example = exampleAt(path);
  if (example === undefined) return { path, message, hint: "see docs/inventory.md" };
  if (/^\d+(?:ms|[smhd])$/.test(example))
    return {
      path,
      message: `\`${dotted(path)}\` needs a unit: ${written} has none`,
      hint: `write for instance ${set(example)}`,
    };
  return { path, message, hint: `write for instance ${set(`"${example}"`)}` };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (around, step) => (around as Record<string | number, unknown> | null | undefined)?.[step],
    value,
  );
}

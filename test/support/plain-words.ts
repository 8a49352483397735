import ts from "typescript";

/**
 * Words and phrases that Tripod's texts do not use, and what they use instead: a reader who knows k0sctl, KubeOne or Terraform should
 * not stumble. Patterns are for prose: identifiers and code are not searched.
 */
const WORDS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:is|are|be|was|were|not|all|looks?) well\b(?!-| (?:as|known|kept|below|above|within))/i, "healthy"],
  [/\bsick\b/i, "unhealthy"],
  [/\bdoubled\b|\bstands? twice\b/i, "duplicate"],
  [/\b(?:says|tells|told)\b/i, "reports, sets, logs, prints, shows; is reported"],
  [/\bmend(?:s|ed|ing)?\b/i, "repair, fix"],
  [/\bput(?:s|ting)? (?:it |them |this )?right\b/i, "repair, restore, undo"],
  [/\banew\b/i, "again"],
  [/\bways? leads?\b/i, "no route to"],
  [/\bno promise\b/i, "nothing is cached"],
  [
    /\bstands?\b(?! for\b| in for\b|-)|\bstood\b|(?<![/.])\bstanding\b(?![/.])/i,
    "exists, is; existing; already running",
  ],
  [/\b(?:is|are|be|stay) (?:\S+ ){0,2}apart\b/i, "differs from"],
  [/\bfound(?:ed|ing|s)\b/i, "create, creation; bootstrap"],
  [/\bfloors?\b|\bhouse\b|\brooms\b|\bwings?\b|\bdoors?\b/i, "layer, code base, module"],
  [/\b(?:lays|laid)\b(?! out\b)/i, "write, install"],
  [/\b(?:is|are|be|was|were) whole\b/i, "healthy: all members, one leader"],
  [/\b(?:in|out of) turn\b/i, "in rotation, out of rotation"],
  [/\bturns? of (?:its|their) own\b|\b(?:its|their|another's) turn\b/i, "one at a time"],
  [/\bheld for dead\b/i, "considered dead"],
  [/\b(?:take|takes|taken|taking|took) (?:it |them |this |that |one )?away\b/i, "remove, release, take over"],
  [/\bkeepers?\b/i, "restore watchdog"],
  [
    /(?<![.#"])\b(?:cast|scenes?|stages?|acts?|plays?|played|playing)\b(?! as\b)/i,
    "participants, environment, setup, step, run",
  ],
  [/\bdark (?:time|part|for|from)\b|\b(?:was|were|is|are|of it|s|the|its) dark\b|(?<=[…}]) dark\b/i, "total outage"],
  [/\bgo(?:es|ne|ing)? on\b|\bwent on\b/i, "continue"],
  [/\b(?:is|are|was|were|has|have|had) gone\b/i, "missing, was removed, lost"],
  [/\bnothing of (?:it|them) stays\b|\b(?:leaves?|left|leaving) nothing behind\b/i, "is removed, is cleaned up"],
  [/\b(?:cannot be|is not|not) understood\b/i, "cannot be parsed, is not valid"],
  [/\b(?:is|are) meant by\b|\b(?:is|are) meant\b(?! (?:to|for)\b)/i, "refers to"],
  [/\bkin\b|\bstrangers?\b/i, "unknown node, not in the inventory"],
  [/\b(?:is|are|was|were|be|been) (?:\w+ )?looked (?:at|for|into|through)\b/i, "checked, searched"],
  [/\b(?:is|are|was|were|be|been) (?:\w+ )?waited for\b/i, "Tripod waits for"],
  [/\b(?:is|are|was|were|been|not|nothing|nobody) heard\b|\bspeaks?\b/i, "reports, returns, uses"],
  [/\bof (?:its|their) own\b|\bsuch a one\b/i, "its own, such"],
  [/\bWho [^.?!:;]+ (?:must|has to|have to)\b/, "An operator who …, if you …"],
];

/** Every word of the list in a text, with what is around it and what to write instead. */
export function unplainWords(prose: string): string[] {
  return WORDS.flatMap(([pattern, instead]) =>
    [...prose.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(({ index, 0: found }) => {
      const around = prose.slice(Math.max(0, index - 30), index + found.length + 30).replaceAll("\n", " ");
      return `“${found.trim()}” in “${around}”: ${instead}`;
    }),
  );
}

/** A page without its code and its links' targets. */
export function proseOfPage(markdown: string): string {
  return proseOf(markdown.replace(/^```.*?^```/gms, "").replace(/\]\([^)]*\)/g, "]"));
}

/** The comments of a source file, and those of its strings that are sentences; `…` is in the place of what is put into a template. */
export function proseOfSource(path: string, text: string): string {
  // Most files have none of the words in any place: parsing them all would take seconds.
  if (!WORDS.some(([pattern]) => pattern.test(text.replace(/\n\s*(?:\*|\/\/)? */g, " ")))) return "";
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const strings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) strings.push(node.text);
    if (ts.isTemplateExpression(node))
      strings.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…"));
    ts.forEachChild(node, visit);
  };
  visit(source);
  const comments = [...text.matchAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/ .*(?:\n\s*\/\/ .*)*/gm)].map(([comment]) =>
    comment.replace(/^\/\*+|\*\/$|\/\/ |(?<=\n\s*)\* |@param \w+/g, " "),
  );
  return [...strings.filter((string) => /\S\s+\S/.test(string)), ...comments].map(proseOf).join("\n\n");
}

/** The titles of a test file: `it("…"`, `describe.each(…)("…"`. */
export function titlesOf(text: string): string {
  const titles = text.matchAll(/(?:\b(?:it|test|describe)(?:\.\w+)?|\))\(\s*(["`])((?:(?!\1)[^\\\n]|\\.)*)\1/g);
  return [...titles].map(([, , title = ""]) => title.replace(/\$\{[^}]*\}/g, "…")).join("\n\n");
}

/** The comments of a template, in which `#` or `//` begins a line, without what is put into it; neighbouring lines are one text. */
export function commentsOf(template: string): string {
  const comments = template.matchAll(/(?:^[ \t]*(?:#|\/\/) .*\n?)+|\{\{!--.*?--\}\}/gm);
  return [...comments]
    .map(([comment]) => proseOf(comment.replace(/^[ \t]*(?:#|\/\/) |\{\{(?!!).*?\}\}/gm, "")))
    .join("\n\n");
}

/** Without code in backticks, and with paragraphs in one line each. */
function proseOf(text: string): string {
  return text.replace(/`[^`\n]*`/g, "…").replace(/\n\s*(?=\S)/g, " ");
}

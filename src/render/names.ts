import { HELPERS } from "./helpers.ts";

/** The values of `this`, innermost last; `../` is one to the left. */
type Scopes = readonly unknown[];

const BLOCKS = ["if", "unless", "each", "with"];

/**
 * Every name that a template uses and its view does not have, as `etcd.members (line 4)`. Handlebars' own strict mode checks
 * neither `{{#if x}}` nor `{{#each x}}`, and prints null as nothing; this walks all branches, taken or not. The bodies of an `each`
 * are walked once per item.
 */
export function missingNames(program: hbs.AST.Program, view: object): string[] {
  return [...new Set(ofProgram(program, [view]))];
}

function ofProgram(program: hbs.AST.Program | undefined, scopes: Scopes): string[] {
  return (program?.body ?? []).flatMap((statement) => ofStatement(statement, scopes));
}

function ofStatement(statement: hbs.AST.Statement, scopes: Scopes): string[] {
  switch (statement.type) {
    case "ContentStatement":
    case "CommentStatement":
      return [];
    case "MustacheStatement":
      return ofMustache(statement as hbs.AST.MustacheStatement, scopes);
    case "BlockStatement":
      return ofBlock(statement as hbs.AST.BlockStatement, scopes);
    default:
      return [`${statement.type} (line ${statement.loc.start.line}) is not allowed in these templates`];
  }
}

/** `{{name}}`, which must be text or a number, or `{{helper name}}`. */
function ofMustache({ path, params, loc }: hbs.AST.MustacheStatement, scopes: Scopes): string[] {
  if (!isPath(path)) return [];
  if (params.length > 0 || Object.hasOwn(HELPERS, path.original))
    return params.flatMap((param) => ofExpression(param, scopes));
  const value = lookUp(path, scopes);
  const prints = ["string", "number", "undefined"].includes(typeof value) || value === null;
  return prints
    ? ofExpression(path, scopes)
    : [`${path.original} (line ${loc.start.line}) is neither text nor a number`];
}

function ofBlock({ path, params, program, inverse, loc }: hbs.AST.BlockStatement, scopes: Scopes): string[] {
  const name = path.original;
  const [subject] = params;
  if (!BLOCKS.includes(name) || !subject)
    return [`{{#${name}}} (line ${loc.start.line}) is not a block that these templates may use`];
  const problems = ofExpression(subject, scopes);
  if (problems.length > 0) return problems;
  const value = isPath(subject) ? lookUp(subject, scopes) : undefined;
  const inner =
    name === "each" ? Object.values((value ?? {}) as Record<string, unknown>) : name === "with" ? [value] : undefined;
  const bodies = inner?.map((item) => [...scopes, item]) ?? [scopes];
  return [...bodies.flatMap((body) => ofProgram(program, body)), ...ofProgram(inverse, scopes)];
}

function ofExpression(expression: hbs.AST.Expression, scopes: Scopes): string[] {
  if (expression.type === "SubExpression")
    return (expression as hbs.AST.SubExpression).params.flatMap((param) => ofExpression(param, scopes));
  if (!isPath(expression) || expression.data) return [];
  const value = lookUp(expression, scopes);
  return value === undefined || value === null ? [`${expression.original} (line ${expression.loc.start.line})`] : [];
}

function lookUp({ parts, depth, data }: hbs.AST.PathExpression, scopes: Scopes): unknown {
  if (data) return undefined;
  return parts.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string, unknown>)[part]
        : undefined,
    scopes[scopes.length - 1 - depth],
  );
}

function isPath(expression: hbs.AST.Expression): expression is hbs.AST.PathExpression {
  return expression.type === "PathExpression";
}

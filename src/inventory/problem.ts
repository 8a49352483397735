import { type Origin, TripodError, TripodErrors } from "../errors.ts";
import { hanging, printable, visible } from "../printable.ts";
import { shownBare, withoutSecrets } from "./shown.ts";

/** Keys and list positions from the top of the inventory: `["masters", 0, "address"]`. */
export type Path = readonly (string | number)[];

/** A mistake in an inventory by its path; its line and column are added later. */
export interface Problem {
  readonly path: Path;
  /** Points at the key instead of its value; `around`: the key is missing, and the place is that of the map that should have it. */
  readonly at?: "key" | "around";
  readonly message: string;
  /** What to do, an imperative. */
  readonly hint?: string;
  /** The other key that the message is about: its line is added to the message. */
  readonly other?: Path;
}

/** A problem with its place in the text. */
export interface Mistake {
  readonly origin: Origin;
  readonly message: string;
  readonly hint?: string;
  /** Whether the line is shown, and a caret under the column; default: both. */
  readonly excerpt?: "none" | "line";
}

/** `masters[0].address` */
export function dotted(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${shownBare(step)}`))
    .join("")
    .replace(/^\./, "");
}

/** How many mistakes are reported at once; the others follow when these are fixed. */
export const TOLD = 50;

/** The mistakes of one inventory in the order of its lines, printed as compilers do: `file:line:column message`, the line, a caret. */
export class InventoryErrors extends TripodErrors {
  /** @param more how many there are besides `errors`, which are the first fifty */
  constructor(
    errors: readonly TripodError[],
    message: string,
    readonly more = 0,
  ) {
    super(errors, message);
  }

  override explain(): string {
    const blocks = this.errors.map(({ message, details: { origin, why, hint } }) => {
      const place = origin ? `${printable(origin.file)}:${origin.line}:${origin.column} ` : "";
      const shown = (why ?? "").split("\n").map((line) => `  ${line}`);
      return [`${place}${message}`, ...(why ? shown : []), ...(hint ? [`  → ${hint}`] : [])].join("\n");
    });
    const more = this.more > 0 ? [`… and ${counted(this.more)} more`] : [];
    return [...blocks, ...more, hanging(this.message)].join("\n");
  }
}

export function inventoryErrors(mistakes: readonly Mistake[], text: string, file: string): InventoryErrors {
  const lines = withoutSecrets(text).split(/\r?\n/);
  // A mistake at an anchor is found once for each alias.
  const distinct = new Map(mistakes.map((mistake) => [JSON.stringify(mistake), mistake]));
  const sorted = [...distinct.values()].sort(
    ({ origin: one }, { origin: other }) => one.line - other.line || one.column - other.column,
  );
  const errors = sorted.slice(0, TOLD).map(({ origin, message, hint, excerpt }) => {
    const [line, caret] = pointed(lines[origin.line - 1] ?? "", origin.column);
    const why = excerpt === "none" ? undefined : excerpt === "line" ? line : `${line}\n${caret}`;
    const more = { ...(why !== undefined && { why }), ...(hint && { hint: hanging(hint) }) };
    return new TripodError("E_INVENTORY", hanging(message), { origin, ...more });
  });
  const count = sorted.length === 1 ? "1 mistake" : `${counted(sorted.length)} mistakes`;
  return new InventoryErrors(errors, `${count} in ${file}; nothing was contacted`, sorted.length - errors.length);
}

/** 9,950 */
function counted(number: number): string {
  return number.toLocaleString("en-US");
}

/** The line with a caret under the column; a long line is cut to the part around the column. */
function pointed(line: string, column: number): [line: string, caret: string] {
  const start = column > 120 ? column - 60 : 0;
  const shown = visible(line.slice(start, start + 160));
  const before = visible(line.slice(start, column - 1));
  return [shown, `${before.replace(/[^\t]/g, " ")}^`];
}

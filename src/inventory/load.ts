import { dirname, resolve as resolvePath } from "node:path";
import { TripodError } from "../errors.ts";
import { readBytes } from "./bytes.ts";
import type { Cluster } from "./cluster.ts";
import { everyKey } from "./example.ts";
import { explainAll } from "./explain.ts";
import { missingFiles, reason } from "./files.ts";
import { foreign, foreignText } from "./foreign.ts";
import { locate, type Source } from "./locate.ts";
import { absolute, type Operator, operator } from "./operator.ts";
import { inventoryErrors, type Mistake, type Path, type Problem } from "./problem.ts";
import { resolve } from "./resolve.ts";
import { rules } from "./rules/index.ts";
import { salvage } from "./salvage.ts";
import { type Draft, type Inventory, inventory } from "./schema.ts";

export interface LoadOptions {
  /** For `HOME` and `SSH_AUTH_SOCK`; default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Base of relative paths; default: the process's working directory. */
  readonly cwd?: string;
  /** Whether keys and known_hosts files are checked; default: yes. Throw-away machines (--lab) do not need them. */
  readonly login?: boolean;
}

/** Far more than any real inventory. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads an inventory from a file and checks that the files it names exist, and key files have a private key; no host is contacted.
 * Throws E_USAGE if the file does not exist, E_LOCAL if it cannot be read, InventoryErrors with all its mistakes.
 */
export async function loadCluster(
  path: string,
  { env, cwd = process.cwd(), login = true }: LoadOptions = {},
): Promise<Cluster> {
  const file = resolvePath(cwd, path);
  const me = operator(env);
  const reading = read(await readText(file, path, cwd), path, cwd);
  const place = (named: string) => absolute(named, dirname(file), me);
  const missing = reading.draft && (await missingFiles(reading.draft, place, login));
  return conclude(reading, missing ?? [], file, me);
}

/** The same for a text, without checking the files it names. Mistakes and relative paths refer to `file`. @internal exported for its test */
export function parseInventory(text: string, file: string, me: Operator = operator()): Cluster {
  return conclude(read(text, file), [], resolvePath(file), me);
}

interface Reading {
  readonly text: string;
  /** The inventory's path as the operator wrote it. */
  readonly shown: string;
  readonly source: Source;
  readonly problems: readonly Problem[];
  /** Absent if the text is not YAML. */
  readonly draft?: Draft;
  /** Absent if the schema refuses it. */
  readonly inventory?: Inventory;
}

function read(text: string, shown: string, cwd?: string): Reading {
  const ofAnotherKind = foreignText(text, cwd);
  if (ofAnotherKind) return { text, shown, source: atLine(ofAnotherKind.line, shown), problems: [ofAnotherKind] };
  const source = locate(text, shown);
  const common = { text, shown, source };
  if (source.value === undefined) return { ...common, problems: [] };
  if (source.value === null) return { ...common, problems: [empty(cwd)] };
  const other = foreign(source.value, cwd);
  // The rest of such a file, its other documents too, would only repeat that.
  if (other) return { ...common, source: { ...source, mistakes: [] }, problems: [other] };
  const { data, error } = inventory.safeParse(source.value);
  const salvaged = salvage(source.value, source.doubled);
  const problems = [...explainAll(error?.issues ?? [], source), ...rules(salvaged)];
  return { ...common, problems, draft: salvaged.draft, ...(data && { inventory: data }) };
}

/** A text that is not read: its only mistake is at this line. */
function atLine(line: number, file: string): Source {
  return {
    value: undefined,
    mistakes: [],
    doubled: [],
    origin: () => ({ file, line, column: 1 }),
    written: () => undefined,
  };
}

function empty(cwd?: string): Problem {
  return { path: [], message: "the inventory is empty", hint: everyKey(cwd) };
}

function conclude(
  { text, shown, source, problems, inventory }: Reading,
  more: Problem[],
  file: string,
  me: Operator,
): Cluster {
  const mistakes = [...problems, ...more].map(({ path, at, message, hint, other }): Mistake => ({
    origin: source.origin(path, at),
    message: other ? `${message} (line ${source.origin(other).line})` : message,
    ...(hint && { hint }),
    ...(at === "around" && excerptAround(path)),
  }));
  if (!inventory || mistakes.length + source.mistakes.length > 0)
    throw inventoryErrors([...source.mistakes, ...mistakes], text, shown);
  return resolve(inventory, { file, operator: me, origin: (path) => source.origin(path) });
}

/** The inventory itself and a machine in a list begin with their first key, which is not the one that is missing: no caret points at it. */
function excerptAround(path: Path): Pick<Mistake, "excerpt"> {
  if (path.length <= 1) return { excerpt: "none" };
  return typeof path.at(-2) === "number" ? { excerpt: "line" } : {};
}

async function readText(file: string, shown: string, cwd: string): Promise<string> {
  const bytes = await readBytes(file).catch((cause: unknown) => {
    const absent = ["ENOENT", "ENOTDIR", "EISDIR"].includes(String((cause as NodeJS.ErrnoException).code));
    throw new TripodError(absent ? "E_USAGE" : "E_LOCAL", `no inventory: ${reason(shown, cause)}`, {
      hint: `name one with -i FILE; ${everyKey(cwd)}`,
      cause,
    });
  });
  if (bytes.length > MOST_BYTES)
    throw new TripodError("E_LOCAL", `${shown} is larger than 1 MiB: this is not an inventory`, {
      hint: "check the path after -i",
    });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TripodError("E_LOCAL", `${shown} is not UTF-8 text`, {
      hint: "check the path after -i; if it is an inventory in another encoding, save it as UTF-8",
      cause,
    });
  }
}

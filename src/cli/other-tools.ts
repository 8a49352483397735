import { everyKey } from "../inventory/example.ts";

const CANNOT_REMOVE = "Tripod cannot remove a cluster yet (README.md: What Tripod does not do)";
const CHANGES_NOTHING = "`tripod plan` shows what apply would change, and changes nothing";
const VERSION = "use `tripod --version`";
const INVENTORY = "use -i FILE: the inventory";

/** Commands and options of other tools, with what Tripod has instead: by the command that they are typed after, or `any`. */
const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tripod: {
    destroy: CANNOT_REMOVE,
    reset: CANNOT_REMOVE,
    delete: CANNOT_REMOVE,
    version: VERSION,
    "-i": "put -i after the command: tripod validate -i FILE",
    "--inventory": "put -i after the command: tripod validate -i FILE",
  },
  "tripod apply": { "--dry-run": CHANGES_NOTHING, "--check": CHANGES_NOTHING },
  any: { "-v": VERSION, "-V": VERSION, "--config": INVENTORY },
};

/** The hint for a command or option that other tools have. @param command with its parents: `tripod lab up` */
export function insteadOf(typed: string, command: string): string | undefined {
  const word = typed.replace(/=.*/s, "");
  if (command === "tripod" && word === "init")
    return `write the inventory in an editor, no command creates one; ${everyKey()}`;
  return [INSTEAD[command], INSTEAD.any].flatMap((words) =>
    words && Object.hasOwn(words, word) ? words[word] : [],
  )[0];
}

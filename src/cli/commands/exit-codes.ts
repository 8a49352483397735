import { Command } from "commander";
import { ERRORS } from "../../errors.ts";
import type { Io } from "../io.ts";

/** A topic of the help: `tripod help exit-codes` and `tripod exit-codes` print the same table. */
export function exitCodesCommand(io: Io): Command {
  const rows = [
    [0, "", "done; nothing is wrong"] as const,
    [2, "", "plan --detailed-exitcode: there are changes"] as const,
    ...Object.entries(ERRORS).map(([code, { exit, means }]) => [exit, code, means] as const),
  ].sort(([a], [b]) => a - b);
  const table = rows.map(([exit, code, means]) => `${`${exit}`.padStart(4)}  ${code.padEnd(17)}  ${means}`).join("\n");
  return new Command("exit-codes")
    .description("what each exit code means")
    .addHelpText("after", `\n${table}`)
    .action(() => {
      io.stdout.write(`${table}\n`);
    });
}

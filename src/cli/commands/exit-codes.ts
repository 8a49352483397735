import { Command } from "commander";
import { EXIT_CODES } from "../../errors.ts";
import type { Io } from "../io.ts";

/** A topic of the help: `tripod help exit-codes` and `tripod exit-codes` print the same table. */
export function exitCodesCommand(io: Io): Command {
  const rows = EXIT_CODES.map(({ exit, code, means }) => `${`${exit}`.padStart(4)}  ${code.padEnd(17)}  ${means}`);
  const table = rows.join("\n");
  return new Command("exit-codes")
    .description("what each exit code means")
    .addHelpText("after", `\n${table}`)
    .action(() => {
      io.stdout.write(`${table}\n`);
    });
}

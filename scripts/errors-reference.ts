import { EXIT_CODES, TripodError } from "../src/errors.ts";

const INTRODUCTION = `<!-- Generated from src/errors.ts by \`npm run generate\`: change it there. -->

# Errors and exit codes

Every failure has a code, and every code its own exit code, so that scripts need not parse text. \`tripod help exit-codes\` prints them
too. If several things failed at once, all of them are reported, and the exit code is that of the first. Exit codes without a code are not
failures: they are the result of the command. Only \`tripod lab ssh\` returns the exit code of the command on the machine, or of ssh itself.
`;

/** An example with every part of an error. */
const SAMPLE = new TripodError("E_UNREACHABLE", "no route to 10.0.0.13:22", {
  host: "m3",
  origin: { file: "inventories/prod.yaml", line: 19, column: 13 },
  why: "connect EHOSTUNREACH 10.0.0.13:22",
  hint: "check that the machine is switched on and that its address is right",
});

const HOW_TO_READ = `An error shows what failed and where (the host, and the line of the inventory that names it), why (behind \`|\`: the last lines that the
program printed), and what to do next (behind \`→\`):

\`\`\`
${SAMPLE.explain()}
\`\`\`

With \`--json\` it is one JSON object on the standard error: \`message\`, and \`errors\` with \`code\`, \`message\`, \`host\`, \`origin\`, \`why\` and
\`hint\` of each. Every command can be run again after any of these: it reads the hosts again and continues from their current state.
`;

/** docs/errors.md: every exit code, and the parts of an error. */
export function errorsReference(): string {
  const rows = EXIT_CODES.map(({ exit, code, means }) => [exit, code && `\`${code}\``, means]);
  const table = [
    "| Exit code | Code | What it means |",
    "| --- | --- | --- |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ].join("\n");
  return [INTRODUCTION, table, HOW_TO_READ].join("\n");
}

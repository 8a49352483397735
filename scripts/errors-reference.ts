import { EXIT_CODES, TripodError } from "../src/errors.ts";

const INTRODUCTION = `<!-- Generated from src/errors.ts by \`npm run generate\`: change it there. -->

# Errors and exit codes

Every failure has a code, and every code its own exit code, so that scripts need not read text. \`tripod help exit-codes\` prints them
too. Where several things failed at once all are told, and the exit code is the first one's. Those without a code are no failures: the
command has said what it found. Only \`tripod lab ssh\` ends with what the command on the machine, or ssh itself, has ended with.
`;

/** One of each part that an error can have. */
const SAMPLE = new TripodError("E_UNREACHABLE", "no way leads to 10.0.0.13:22", {
  host: "m3",
  origin: { file: "inventories/prod.yaml", line: 19, column: 13 },
  why: "connect EHOSTUNREACH 10.0.0.13:22",
  hint: "Is the machine switched on, and is its address right?",
});

const HOW_TO_READ = `An error says what failed and where (the host, and the line of the inventory that names it), why (behind \`|\`: the last that the
program said), and what to do next (behind \`→\`):

\`\`\`
${SAMPLE.explain()}
\`\`\`

With \`--json\` it is one JSON object on the standard error: \`message\`, and \`errors\` with \`code\`, \`message\`, \`host\`, \`origin\`, \`why\` and
\`hint\` of each. Every command can be run again after any of these: it reads the hosts anew and goes on from where they are.
`;

/** docs/errors.md: every exit code, and how an error reads. */
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

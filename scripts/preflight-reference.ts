import { isTolerable } from "../src/inventory/sections/preflight.ts";
import { CHECKS } from "../src/phases/preflight/checks.ts";

/** docs/preflight.md: every check, in the order of the code. */
export function preflightReference(): string {
  const rows = CHECKS.map(({ name, title }) => `| \`${name}\` | ${title} | ${isTolerable(name) ? "yes" : "no"} |`);
  return `<!-- Made by \`npm run generate\` from src/phases/preflight/. -->

# Preflight

Before anything is changed, \`apply\` and \`plan\` check all hosts at once, and report every problem with its host, its line of the inventory, and what to
do. \`tripod preflight -i FILE\` runs the checks alone; \`--json\` prints them as JSON. Nothing is written.

A check that can be tolerated is only a warning where the inventory names it:

\`\`\`yaml
preflight: { tolerate: [router-id-free] }
\`\`\`

| Check | Passes where | Can be tolerated |
| --- | --- | --- |
${rows.join("\n")}
`;
}

import { whyRequired } from "../src/inventory/sections/preflight.ts";
import { CHECKS } from "../src/phases/preflight/checks.ts";

/** docs/preflight.md: every check, in the order of the code. */
export function preflightReference(): string {
  const rows = CHECKS.map(({ name, title }) => {
    const why = whyRequired(name);
    return `| \`${name}\` | ${title} | ${why ? `no: ${why}` : "yes"} |`;
  });
  return `<!-- Made by \`npm run generate\` from src/phases/preflight/. -->

# Preflight

Before anything is changed, \`apply\` and \`plan\` check all hosts at once, and report every problem with its host, its line of the inventory, and what to
do. \`tripod preflight -i FILE\` runs the checks alone; \`--json\` prints them as JSON. No check changes a host: \`etcd-disk\` alone writes, for a
second and at most 5 MB, to a file that has no name any more, and never in a plan. Its figure is the mean of synchronous writes of 2300 bytes, the size of an
entry of etcd's log. etcd's own advice is about the 99th percentile: a disk that passes may still be too slow now and then.

A check that can be tolerated is only a warning where the inventory names it:

\`\`\`yaml
preflight: { tolerate: [router-id-free] }
\`\`\`

Some checks cannot be tolerated: without them a run could destroy a cluster or somebody's data, or could not end. Their rows say what would
happen.

| Check | What holds where it passes | Can be tolerated |
| --- | --- | --- |
${rows.join("\n")}
`;
}

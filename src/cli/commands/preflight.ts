import { Command } from "commander";
import { errorRecord } from "../../engine/events.ts";
import { TripodErrors } from "../../errors.ts";
import { hanging, jsonText } from "../../printable.ts";
import { count } from "../../ui/screen.ts";
import { withBundleOption } from "../bundled.ts";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";
import { onHosts } from "../walk.ts";

export function preflightCommand(io: Io): Command {
  return withBundleOption(withTarget(new Command("preflight")))
    .description("check every host for what an apply needs, all problems at once; changes nothing")
    .option("--json", "print JSON")
    .action((options: TargetOptions & { json?: boolean }) =>
      onTarget(options, io, (cluster) =>
        onHosts(cluster, io, async (hosts) => {
          const { runPreflight } = await import("../../preflight.ts");
          const { findings, checks } = await runPreflight(cluster, hosts, { signal: io.signal });
          const problems = findings.flatMap(({ warning, error }) => (warning ? [] : [error]));
          const summary = `preflight: ${count(hosts.length, "host")}, ${count(checks, "check")}, ${problems.length === 0 ? "no problems" : count(problems.length, "problem")}`;
          if (options.json) {
            const listed = findings.map(({ check, warning, error }) => ({
              check: check.name,
              warning,
              ...errorRecord(error),
            }));
            io.stdout.write(`${jsonText({ hosts: hosts.map(({ name }) => name), checks, findings: listed })}\n`);
          }
          for (const { warning, error } of options.json ? [] : findings)
            if (warning) io.stdout.write(`warning: ${hanging(error.explain())}\n`);
          if (problems.length > 0) throw new TripodErrors(problems, summary);
          if (!options.json) io.stdout.write(`${summary}\n`);
        }),
      ),
    );
}

import { Command } from "commander";
import { errorRecord } from "../../engine/events.ts";
import type { TripodError } from "../../errors.ts";
import type { Status } from "../../status.ts";
import { ExitWith } from "../exit.ts";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

export function statusCommand(io: Io): Command {
  return withTarget(new Command("status"))
    .description("nodes, API servers, etcd's members, and who holds the VIP; exit code 1 where something is not well")
    .option("--json", "print JSON")
    .action((options: TargetOptions & { json?: boolean }) =>
      onTarget(options, io, async (cluster) => {
        const [{ withSession }, { readStatus }] = await Promise.all([
          import("../../session.ts"),
          import("../../status.ts"),
        ]);
        const unusable: TripodError[] = [];
        const without = (failure: TripodError) => void unusable.push(failure);
        const status = await withSession(cluster, { signal: io.signal, without }, (hosts) =>
          readStatus(cluster, hosts),
        );
        io.stdout.write(
          options.json
            ? `${JSON.stringify({ ...status, unusable: unusable.map(errorRecord) })}\n`
            : `${[...unusable.map((failure) => failure.explain()), ...text(status)].join("\n")}\n`,
        );
        if (!status.healthy || unusable.length > 0) throw new ExitWith(1);
      }),
    );
}

function text({ nodes, vipHolders, api, etcd, healthy }: Status): string[] {
  const say = (well: true | string) => (well === true ? "ready" : well);
  return [
    ...nodes.map((node) => `node  ${node.name}  ${say(node.ready)}${node.version ? `  ${node.version}` : ""}`),
    ...api.map(({ master, ready }) => `api   ${master}  ${say(ready)}`),
    ...etcd.map(({ master, member }) =>
      typeof member === "string"
        ? `etcd  ${master}  ${member}`
        : `etcd  ${master}  healthy${member.leader ? ", leader" : ""}${member.learner ? ", learner" : ""}  ${member.version}  ${(member.dbSize / 1e6).toFixed(1)} MB`,
    ),
    `vip   ${vipHolders.join(" and ") || "nobody holds it"}`,
    healthy ? "all is well" : "something is not well",
  ];
}

import { Command } from "commander";
import { errorRecord } from "../../engine/events.ts";
import { ANSWERS, type TripodError } from "../../errors.ts";
import { hanging, jsonText } from "../../printable.ts";
import type { Status } from "../../status.ts";
import { ExitWith } from "../exit.ts";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

export function statusCommand(io: Io): Command {
  return withTarget(new Command("status"))
    .description(
      `show nodes, API servers, etcd members, the VIP's holder, and everything that is not healthy; exit code ${ANSWERS.unhealthy.exit} unless healthy`,
    )
    .option("--json", "print JSON")
    .action((options: TargetOptions & { json?: boolean }) =>
      onTarget(options, io, async (cluster) => {
        const [{ withSession }, { hasMaster, readStatus }] = await Promise.all([
          import("../../session.ts"),
          import("../../status.ts"),
        ]);
        const unusable: TripodError[] = [];
        const without = (failure: TripodError) => void unusable.push(failure);
        const status = await withSession(cluster, { signal: io.signal, without }, (hosts) =>
          readStatus(cluster, hosts, unusable),
        );
        io.stdout.write(
          options.json
            ? `${jsonText({ ...status, unusable: unusable.map(errorRecord) })}\n`
            : `${[...unusable.map((failure) => failure.explain()), ...text(status, hasMaster(status)).map((line) => hanging(line))].join("\n")}\n`,
        );
        if (!status.healthy) throw new ExitWith(ANSWERS.unhealthy.exit);
      }),
    );
}

/** Of a cluster with a reachable master nodes, API servers, members of etcd and the VIP are always shown; else only what is not healthy. */
function text(status: Status, known: boolean): string[] {
  const {
    nodes,
    vipHolders,
    vipStrays,
    api,
    etcd,
    loadBalancers,
    controllers,
    podRoutes,
    dns,
    verified,
    strangers,
    healthy,
  } = status;
  const state = (answer: true | string) => (answer === true ? "ready" : answer);
  const wrong = (answer: true | string, title: string) => (answer === true ? [] : [`${title}  ${answer}`]);
  const strays = vipStrays.map(
    ({ host, found, remove }) => `vip   ${host} has ${found}: \`${remove}\` there removes it`,
  );
  if (!known) return ["no master could be reached, so the state of the cluster is unknown", ...strays, "unhealthy"];
  return [
    ...nodes.map((node) => `node  ${node.name}  ${state(node.ready)}${node.version ? `  ${node.version}` : ""}`),
    ...api.map(({ master, ready }) => `api   ${master}  ${state(ready)}`),
    ...etcd.map(({ master, member }) =>
      typeof member === "string"
        ? `etcd  ${master}  ${member}`
        : `etcd  ${master}  healthy${member.leader ? ", leader" : ""}${member.learner ? ", learner" : ""}  ${member.version}  ${(member.dbSize / 1e6).toFixed(1)} MB`,
    ),
    `vip   ${vipHolders.join(" and ") || "no host holds it"}`,
    ...strays,
    ...loadBalancers.flatMap(({ master, working }) => wrong(working, `lb    ${master}`)),
    ...controllers.flatMap(({ name, leading }) => wrong(leading, `lead  ${name}`)),
    ...podRoutes.flatMap(({ host, complete }) => wrong(complete, `pods  ${host}`)),
    ...wrong(dns ?? true, "dns "),
    ...wrong(verified ?? true, "check"),
    ...strangers.map((name) => `note  the node ${name} is not in the inventory`),
    healthy ? "healthy" : "unhealthy",
  ];
}

import type { RunEvent } from "../../src/engine/events.ts";
import { type Report, reportOf } from "../../src/report/report.ts";
import { bootstrap, failedBootstrap, plan, stoppedBootstrap } from "./scenario.ts";

export function report(events: readonly RunEvent[]): Report {
  const made = reportOf(events);
  if (!made) throw new Error("a scenario begins with run.start");
  return made;
}

/** What hosts, inventories and programs could say to break out of a report. */
export const HOSTILE = `</pre></style><script>alert("1")</script><img src=x onerror='alert(2)'> & ]]> \u001B[31m\u0000\u202E`;

/** Every scenario, and what may become of a run: killed while it worked, killed before it began, without hosts, and hostile. */
export const RUNS: Readonly<Record<string, readonly RunEvent[]>> = {
  bootstrap,
  "failed bootstrap": failedBootstrap,
  "stopped bootstrap": stoppedBootstrap,
  plan,
  "narrowed plan": narrowed(plan),
  "killed bootstrap": bootstrap.slice(0, -4),
  "run killed at once": bootstrap.slice(0, 1),
  "run without hosts": bootstrap
    .filter((event) => event.type === "run.start" || event.type === "run.end")
    .map((event) =>
      event.type === "run.start" ? { ...event, phases: event.phases.map((phase) => ({ ...phase, hosts: [] })) } : event,
    ),
  "hostile run": hostile(failedBootstrap),
};

/** The same plan without etcd and m2, of which one need is not met. */
function narrowed(events: readonly RunEvent[]): RunEvent[] {
  return events.flatMap((event): RunEvent[] => {
    if (event.type === "run.start") return [{ ...event, leftOut: { phases: ["etcd"], hosts: ["m2"] } }];
    if (event.type !== "step.end" || event.host !== "w1") return [event];
    const { at, phase, host } = event;
    return [{ type: "need.unmet", at, phase, host, neededBy: ["workers"], missing: ["file:/etc/hosts"] }, event];
  });
}

/** The same run, with every text that a host or a person has chosen replaced. */
function hostile(events: readonly RunEvent[]): RunEvent[] {
  const chosen = ["cluster", "title", "resource", "field", "from", "to", "diff", "condition", "reason", "during"];
  const told = ["message", "why", "hint", "text"];
  return JSON.parse(
    JSON.stringify(events, (key, value: unknown) =>
      typeof value === "string" && [...chosen, ...told].includes(key) ? `${value}\n-${HOSTILE}` : value,
    ),
  ) as RunEvent[];
}

import type { Change, ErrorRecord, Outcome, RunEvent } from "../engine/events.ts";
import { oneLine } from "../printable.ts";
import { changeLines, paintDiff, replacements } from "./changes.ts";
import type { Output } from "./output.ts";
import type { Paint } from "./paint.ts";
import { count, type Screen, seconds } from "./screen.ts";

interface StepEvent {
  readonly at: number;
  readonly phase: string;
  readonly host: string;
}

/** For logs: one attributed line for everything that matters, `12.3s  m1  etcd  changed file:/etc/etcd/etcd.env`. */
export function linesScreen(out: Output, paint: Paint): Screen {
  let told: ((event: RunEvent) => string[]) | undefined;
  return {
    sink: (event) => {
      if (event.type === "run.start") told = runLog(event, paint);
      for (const line of told?.(event) ?? []) out.write(`${line.trimEnd()}\n`);
    },
    finish: () => Promise.resolve(),
  };
}

/** Turns each event of one run into the lines it deserves, most often none. */
function runLog(start: Extract<RunEvent, { type: "run.start" }>, paint: Paint): (event: RunEvent) => string[] {
  const { mode, phases } = start;
  const hosts = [...new Set(phases.flatMap((phase) => phase.hosts))];
  const hostWidth = Math.max(0, ...hosts.map((host) => host.length));
  const phaseWidth = Math.max(0, ...phases.map((phase) => phase.name.length));
  const changes = new Map<string, readonly Change[]>();
  /** The last thing said of a step; to say it again would be noise. */
  const said = new Map<string, string>();
  /** Steps whose failure has been told. */
  const failed = new Set<string>();

  const line = (at: number, text: string) => `${paint("dim", seconds(at - start.at).padStart(7))}  ${text}`;
  const say = (event: { at: number; host?: string; phase: string }, text: string) =>
    line(event.at, `${(event.host ?? "").padEnd(hostWidth)}  ${event.phase.padEnd(phaseWidth)}  ${text}`);
  const sayOnce = (event: StepEvent, text: string) => {
    if (said.get(stepOf(event)) === text) return [];
    said.set(stepOf(event), text);
    return [say(event, text)];
  };
  const sayFailed = (event: StepEvent, during: string | undefined, error: ErrorRecord) => {
    failed.add(stepOf(event));
    return say(event, `${paint("red", "failed")}${during ? ` ${during}` : ""}: ${oneLine(error.message)}`);
  };
  const details = (changed: readonly Change[]) =>
    changeLines(replacements(changed)).map((text) => `           ${paintDiff(text, paint)}`);

  return (event) => {
    switch (event.type) {
      case "run.start":
        return [line(event.at, `${mode} ${event.cluster}: ${phases.length} phases on ${count(hosts.length, "host")}`)];
      case "resource.change":
        changes.set(resourceOf(event), event.changes);
        return [];
      case "resource.applied": {
        const took = event.ms >= 1000 ? ` in ${seconds(event.ms)}` : "";
        const changed = changes.get(resourceOf(event)) ?? [];
        return [say(event, `${paint("yellow", "changed")} ${event.resource}${took}`), ...details(changed)];
      }
      case "progress":
        return sayOnce(event, oneLine(event.text));
      case "condition.waiting":
        return sayOnce(event, `${paint("dim", "waiting for")} ${event.condition}: ${oneLine(event.reason)}`);
      case "step.fail":
        return event.errors.map((error) => sayFailed(event, event.during, error));
      case "step.end":
        return event.outcome === "failed" && !failed.has(stepOf(event)) ? [say(event, ending(event, paint))] : [];
      case "phase.end":
        return [say(event, ending(event, paint))];
      case "run.stopping":
        return event.running.flatMap((step) =>
          step.resource ? [say({ ...step, at: event.at }, `to be finished first: ${step.resource}`)] : [],
        );
      case "run.end":
        return [
          line(event.at, `${mode} ${ending(event, paint)}: ${event.changed} changed, ${event.unchanged} unchanged`),
        ];
      default:
        return [];
    }
  };
}

function stepOf({ phase, host }: StepEvent): string {
  return `${phase} ${host}`;
}

function resourceOf(event: StepEvent & { readonly resource: string }): string {
  return `${stepOf(event)} ${event.resource}`;
}

function ending({ outcome, ms }: { outcome: Outcome; ms: number }, paint: Paint): string {
  if (outcome === "ok") return paint("green", `done in ${seconds(ms)}`);
  return outcome === "failed" ? paint("red", `failed after ${seconds(ms)}`) : paint("yellow", "cancelled");
}

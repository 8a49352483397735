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
  let linesOf: ((event: RunEvent) => string[]) | undefined;
  return {
    sink: (event) => {
      if (event.type === "run.start") linesOf = runLog(event, paint);
      for (const line of linesOf?.(event) ?? []) out.write(`${line.trimEnd()}\n`);
    },
    finish: () => Promise.resolve(),
  };
}

/** Turns each event of one run into lines; most events have none. */
function runLog(start: Extract<RunEvent, { type: "run.start" }>, paint: Paint): (event: RunEvent) => string[] {
  const { mode, phases } = start;
  const hosts = [...new Set(phases.flatMap((phase) => phase.hosts))];
  const hostWidth = Math.max(0, ...hosts.map((host) => host.length));
  const phaseWidth = Math.max(0, ...phases.map((phase) => phase.name.length));
  const changes = new Map<string, readonly Change[]>();
  /** The last text printed for each step, so that it is not repeated. */
  const printed = new Map<string, string>();
  /** Steps whose failure has been printed. */
  const failed = new Set<string>();

  const line = (at: number, text: string) => `${paint("dim", seconds(at - start.at).padStart(7))}  ${text}`;
  const stepLine = (event: { at: number; host?: string; phase: string }, text: string) =>
    line(event.at, `${(event.host ?? "").padEnd(hostWidth)}  ${event.phase.padEnd(phaseWidth)}  ${text}`);
  const lineOnce = (event: StepEvent, text: string) => {
    if (printed.get(stepOf(event)) === text) return [];
    printed.set(stepOf(event), text);
    return [stepLine(event, text)];
  };
  const failureLine = (event: StepEvent, during: string | undefined, error: ErrorRecord) => {
    failed.add(stepOf(event));
    return stepLine(event, `${paint("red", "failed")}${during ? ` ${during}` : ""}: ${oneLine(error.message)}`);
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
        return [stepLine(event, `${paint("yellow", "changed")} ${event.resource}${took}`), ...details(changed)];
      }
      case "progress":
        return lineOnce(event, oneLine(event.text));
      case "condition.waiting":
        return lineOnce(event, `${paint("dim", "waiting for")} ${event.condition}: ${oneLine(event.reason)}`);
      case "step.fail":
        return event.errors.map((error) => failureLine(event, event.during, error));
      case "step.end":
        return event.outcome === "failed" && !failed.has(stepOf(event)) ? [stepLine(event, ending(event, paint))] : [];
      case "phase.end":
        return [stepLine(event, ending(event, paint))];
      case "run.stopping":
        return event.running.flatMap((step) =>
          step.resource ? [stepLine({ ...step, at: event.at }, `finishing first: ${step.resource}`)] : [],
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

import type { DrillEvent, ScenarioOutcome } from "../drills/events.ts";
import { lengthText } from "../drills/length.ts";
import { type ScenarioVerdict, verdictOf } from "../drills/verdict.ts";
import { oneLine } from "../printable.ts";
import { jsonLine } from "./ndjson.ts";
import { type Paint, paintFor } from "./paint.ts";
import { seconds, printableEvent, type Surface } from "./screen.ts";

/** Shows a drill while it runs: a line for each important event, or all events as NDJSON. */
export function drillScreenFor(surface: Surface, { json }: { readonly json: boolean }): (event: DrillEvent) => void {
  const { stdout } = surface;
  if (json) return (event) => stdout.write(jsonLine(event));
  const linesOf = drillLog(paintFor(stdout, surface.env));
  return (event) => {
    for (const line of linesOf(printableEvent(event))) stdout.write(`${line.trimEnd()}\n`);
  };
}

const COLOURS: Readonly<Record<ScenarioOutcome, "green" | "red" | "yellow">> = {
  ok: "green",
  breach: "red",
  failed: "red",
  cancelled: "yellow",
};

const OUTCOMES: Readonly<Record<ScenarioOutcome, string>> = {
  ok: "within limits",
  breach: "BEYOND LIMITS",
  failed: "FAILED",
  cancelled: "stopped",
};

function drillLog(paint: Paint): (event: DrillEvent) => string[] {
  const events: DrillEvent[] = [];
  let startedAt: number | undefined;
  let name = "";
  let lastReason = "";
  const line = (at: number, text: string) =>
    `${paint("dim", seconds(at - (startedAt ?? at)).padStart(7))}  ${name.padEnd(18)} ${text}`;

  return (event) => {
    events.push(event);
    startedAt ??= event.at;
    switch (event.type) {
      case "scenario.skip":
        name = event.name;
        return [line(event.at, paint("yellow", `skipped: ${oneLine(event.reason)}`))];
      case "scenario.start":
        name = event.name;
        return [line(event.at, oneLine(event.title))];
      case "disrupt":
        return [line(event.at, oneLine(startOf(events, event.scenario)?.what ?? ""))];
      case "restore":
        return [line(event.at, "restoring")];
      case "condition.waiting":
        // Waits of less than half a second are not shown.
        if (event.ms < 500 || event.reason === lastReason) return [];
        lastReason = event.reason;
        return [line(event.at, paint("dim", `${event.condition}: ${oneLine(event.reason)}`))];
      case "scenario.end": {
        const verdict = verdictOf(events, event.scenario);
        return [
          line(event.at, `${paint(COLOURS[event.outcome], OUTCOMES[event.outcome])}: ${summary(verdict)}`),
          ...event.breaches.map((breach) => line(event.at, paint("red", breach))),
          ...event.errors.map(({ host, message }) =>
            line(event.at, paint("red", `${host ? `${host}: ` : ""}${message}`)),
          ),
        ];
      }
      default:
        return [];
    }
  };
}

function startOf(events: readonly DrillEvent[], scenario: number) {
  return events.find((event) => event.type === "scenario.start" && event.scenario === scenario) as
    Extract<DrillEvent, { type: "scenario.start" }> | undefined;
}

/** `read outage 0.91 s, write outage 19.7 s, total outage 1.71 s; 812 writes acknowledged, 0 lost` */
function summary({ probes, ledger }: ScenarioVerdict): string {
  const worst = (key: "longest" | "dark", ...names: string[]) =>
    lengthText(
      Math.max(0, ...probes.flatMap(({ probe, measured }) => (names.includes(probe.name) ? measured[key] : []))),
    );
  const written = ledger && `; ${ledger.acknowledged} writes acknowledged, ${ledger.lost.length} lost`;
  const dark = worst("dark", "apiRead", "apiWrite");
  return `read outage ${worst("longest", "apiRead")}, write outage ${worst("longest", "apiWrite")}, total outage ${dark}${written ?? ""}`;
}

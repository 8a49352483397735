import type { Writable } from "node:stream";
import type { Screen } from "./screen.ts";

/** For machines: every event is one line of JSON. */
export function ndjsonScreen(out: Writable): Screen {
  return {
    sink: (event) => {
      out.write(jsonLine(event));
    },
    finish: () => Promise.resolve(),
  };
}

export function jsonLine(event: object): string {
  return `${JSON.stringify(event)}\n`;
}

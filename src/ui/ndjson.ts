import { jsonText } from "../printable.ts";
import type { Output } from "./output.ts";
import type { Screen } from "./screen.ts";

/** For programs: every event is one line of JSON. */
export function ndjsonScreen(out: Output): Screen {
  return {
    sink: (event) => {
      out.write(jsonLine(event));
    },
    finish: () => Promise.resolve(),
  };
}

export function jsonLine(event: object): string {
  return `${jsonText(event)}\n`;
}

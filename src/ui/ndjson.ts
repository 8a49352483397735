import type { Writable } from "node:stream";
import type { Screen } from "./screen.ts";

/** For machines: every event is one line of JSON. */
export function ndjsonScreen(out: Writable): Screen {
  return {
    sink: (event) => {
      out.write(`${JSON.stringify(event)}\n`);
    },
    finish: () => Promise.resolve(),
  };
}

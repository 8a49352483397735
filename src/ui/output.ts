import { printable } from "../printable.ts";

/** A terminal, or what replaces it: a file, a pipe, a test. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** The stream itself, unguarded: only for the tree, which moves the cursor and writes only printable text. */
  readonly beneath?: Output;
}

/** The colours that `paint.ts` begins and ends. */
// eslint-disable-next-line no-control-regex -- the pattern matches escape characters
const OUR_COLOURS = /(\u001B\[(?:2|22|31|32|33|39)m)/;

/** All output goes through here: nothing but Tripod's own colours can control the terminal. */
export function guarded(stream: Output): Output {
  return {
    write: (text) => stream.write(harmless(text)),
    beneath: stream,
    get isTTY() {
      return stream.isTTY ?? false;
    },
    get columns() {
      return stream.columns as number;
    },
    get rows() {
      return stream.rows as number;
    },
  };
}

function harmless(text: string): string {
  const parts = text.split(OUR_COLOURS);
  return parts.map((part, index) => (index % 2 === 1 ? part : printable(part))).join("");
}

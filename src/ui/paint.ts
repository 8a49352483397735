import { styleText } from "node:util";

export type Paint = (colour: "red" | "green" | "yellow" | "dim", text: string) => string;

/** Colour where it can be seen and nobody asked for none: NO_COLOR wins, then FORCE_COLOR, then whether it is a terminal. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  return hasColour(stream, env)
    ? (colour, text) => styleText(colour, text, { validateStream: false })
    : (_colour, text) => text;
}

function hasColour(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

import type { z } from "zod";
import type { Host } from "../host.ts";
import { safeLine } from "./journal.ts";

/** The parsed value, or a sentence that names the host. */
export type ParsedJson<T> = { readonly value: T } | { readonly why: string };

/**
 * Parses the JSON that a program on a host has printed. It is input: it may be something else (a proxy's page), or have another form.
 * @param program as in `the output of kubectl`
 */
export function parsedJson<T>(
  host: Pick<Host, "name">,
  program: string,
  text: string,
  form: z.ZodType<T>,
): ParsedJson<T> {
  const unfit = (why: string) => ({ why: `the output of ${program} on ${host.name} cannot be parsed: ${why}` });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unfit(`not valid JSON: ${safeLine(text.slice(0, 200))}`);
  }
  const { success, data, error } = form.safeParse(json);
  if (success) return { value: data };
  const [issue] = error.issues;
  const at = issue?.path.join(".") ?? "";
  return unfit(safeLine(`${issue?.message ?? ""}${at && ` at ${at}`}`));
}

import type { z } from "zod";
import type { Host } from "../host.ts";
import { shown } from "./journal.ts";

/** What could be read: the value, or a sentence that names the host. */
export type Understood<T> = { readonly value: T } | { readonly why: string };

/**
 * JSON that a program on a host has printed. It is input: it may be none (a proxy's page), or of another form than the program's.
 * @param program as in `what kubectl says`
 */
export function understood<T>(
  host: Pick<Host, "name">,
  program: string,
  text: string,
  form: z.ZodType<T>,
): Understood<T> {
  const unfit = (why: string) => ({ why: `what ${program} says on ${host.name} cannot be understood: ${why}` });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unfit(`it is no JSON: ${shown(text.slice(0, 200))}`);
  }
  const { success, data, error } = form.safeParse(json);
  if (success) return { value: data };
  const [issue] = error.issues;
  const at = issue?.path.join(".") ?? "";
  return unfit(shown(`${issue?.message ?? ""}${at && ` at ${at}`}`));
}

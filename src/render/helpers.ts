import { stringify } from "yaml";

/** The helpers of templates. Nothing is escaped automatically: a value that could break the syntax around it is quoted by one of these. */
export const HELPERS = {
  /** A JSON value; a JSON string is a TOML basic string too. */
  json: (value: unknown): string => JSON.stringify(value),
  /** A YAML value on one line. */
  yaml: (value: unknown): string => stringify(value, { lineWidth: 0, collectionStyle: "flow" }).trimEnd(),
  /** One word of a POSIX shell, whatever is in it. */
  shell: (value: string | number): string => `'${String(value).replaceAll("'", "'\\''")}'`,
} as const;

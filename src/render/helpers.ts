import { stringify } from "yaml";

/** What a template may call. Nothing is escaped by itself: a value that could break out of its place is quoted by one of these. */
export const HELPERS = {
  /** A JSON value; a JSON string is a TOML basic string too. */
  json: (value: unknown): string => JSON.stringify(value),
  /** A YAML value on one line. */
  yaml: (value: unknown): string => stringify(value, { lineWidth: 0, collectionStyle: "flow" }).trimEnd(),
  /** One word of a POSIX shell, whatever is in it. */
  shell: (value: string | number): string => `'${String(value).replaceAll("'", "'\\''")}'`,
} as const;

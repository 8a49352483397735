import { jsonText } from "../printable.ts";

/** Enough of a value to recognise it. A secret that was pasted by mistake, such as a key, is not printed completely. */
const MOST = 60;

/** https://www.rfc-editor.org/rfc/rfc7468#section-10, and older formats. */
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;

/** A value as a mistake shows it: its type, or its first sixty characters in quotes, all of them printable. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "a map of keys" : shownBare(String(value));
}

/** The same without quotes: a key, or a scalar as it was written. */
export function shownBare(text: string): string {
  return quoted(text).slice(1, -1).replaceAll('\\"', '"');
}

/** The password of a URL: all that is between its user and the last @ before a space or a quote. */
const URL_PASSWORD = /(:\/\/[^\s/@:"']*:)[^\s"']*@/g;

/** A key for a password, which no inventory has, and its value. */
const PASSWORD_KEY = /((?:password|passphrase)["']?:[ \t]*)(?:"[^"\n]*"|'[^'\n]*'|[^\s,}"'][^\n,}]*)/gi;

/** A text with passwords and the content of private keys masked. */
export function withoutSecrets(text: string): string {
  return withoutKeys(withoutPasswords(text).replace(PASSWORD_KEY, "$1***"));
}

function withoutPasswords(text: string): string {
  return text.replace(URL_PASSWORD, "$1***@");
}

function withoutKeys(text: string): string {
  const [head] = PRIVATE_KEY.exec(text) ?? [];
  if (head === undefined) return text;
  const start = text.indexOf(head) + head.length;
  const end = text.indexOf("-----END", start);
  const [key, rest] = end < 0 ? [text.slice(start), ""] : [text.slice(start, end), text.slice(end)];
  return text.slice(0, start) + key.replace(/[^\r\n]+/g, "***") + withoutKeys(rest);
}

function quoted(given: string): string {
  const text = withoutPasswords(given).replace(PASSWORD_KEY, "$1***");
  const key = PRIVATE_KEY.exec(text.slice(0, 2 * MOST));
  const start = text.slice(0, key ? Math.min(MOST, key.index + key[0].length) : MOST).toWellFormed();
  return jsonText(start.length < text.length ? `${start}…` : start);
}

/** A path unchanged; a URL without its query, which may contain a token. */
export function shownSource(source: string): string {
  return source.startsWith("https://") ? source.replace(/\?[^]*$/, "?…") : source;
}

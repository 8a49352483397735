import { stripVTControlCharacters } from "node:util";

/**
 * Text as it may be shown: what programs print on hosts must neither steer a terminal, nor break XML 1.0 (which knows no control
 * characters, https://www.w3.org/TR/xml/#charsets), nor turn the direction of what stands around it.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu, "")
    .toWellFormed();
}

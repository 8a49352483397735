import { randomBytes } from "node:crypto";
import { TripodError } from "../errors.ts";

const PLAIN = /^[\w@%+=:,./-]+$/;

/** One word of a POSIX shell command, in single quotes where it needs them. */
export function quote(word: string): string {
  if (word.includes("\0")) throw new TripodError("E_INTERNAL", "a shell word cannot hold a NUL byte");
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A script with its values quoted: sh`rm -f -- ${path}`. A list becomes several words. */
export function sh(strings: TemplateStringsArray, ...values: (string | number | readonly string[])[]): string {
  const words = values.map((value) => (Array.isArray(value) ? value : [String(value)]).map(quote).join(" "));
  return String.raw({ raw: strings.raw }, ...words);
}

/**
 * A shell function: the hex sha256 of a file. openssl, if it is installed, uses the processor's SHA instructions, which coreutils does
 * not: it is five times as fast.
 */
export const DIGEST =
  'digest() { d=$(openssl dgst -sha256 -r <"$1" 2>/dev/null || sha256sum <"$1") && echo "${d%% *}"; }';

/** Copies exactly `count` bytes of stdin. Unlike head, dd never reads more from a pipe than requested. */
export function takeBytes(count: number | string): string {
  return `dd bs=64k count=${count} iflag=fullblock,count_bytes status=none`;
}

/** The environment of every script: messages in English, and a PATH with the sbin folders. */
export const ENVIRONMENT = "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A line that exports these variables, by both their names: curl reads the lower-case one, programs written in Go either; empty without any. */
export function exported(environment: Readonly<Record<string, string>>): string {
  const words = Object.entries(environment).flatMap(([name, value]) => [
    `${name}=${value}`,
    `${name.toLowerCase()}=${value}`,
  ]);
  return words.length === 0 ? "" : `export ${words.map(quote).join(" ")}\n`;
}

/**
 * Scripts connect directly: the proxy of a login environment (`https_proxy`, `all_proxy` …) cannot reach a cluster's addresses. curl and
 * programs written in Go respect a `no_proxy` of `*`; apt and dnf do not, and fetch packages through the proxy.
 */
const NO_PROXY = 'export NO_PROXY="*" no_proxy="*"';

export interface Wrapped {
  /** The command line for the login shell, quoted so that sh, csh and fish agree on it. */
  readonly command: string;
  /** The first part of stdin: the script. The command's own input follows. */
  readonly prelude: Buffer;
  /** Both stdout and stderr start with it. Anything before it was printed by login files or by sudo. */
  readonly mark: string;
}

export interface WrapOptions {
  /** Become root by `sudo -n`. */
  readonly sudo?: boolean;
  /** The shell that runs the script; default `sh`. */
  readonly shell?: string;
}

/** Exit code if the script did not arrive completely. Neither a shell nor env nor sudo uses it. */
export const INCOMPLETE = 121;

/**
 * Wraps a script so that any login shell can start it. The script is sent on stdin: it may be long, and it does not appear in `ps` or
 * in sudo's log. It runs only if all of it has arrived: it is enclosed in a random word, and its length is known. So a script is never
 * run in part, whether it was truncated by a lost connection or a login file has read the beginning of stdin.
 */
export function wrap(script: string, options: WrapOptions = {}): Wrapped {
  const word = `tripod-${randomBytes(8).toString("hex")}`;
  const sent = `${word}\n${script}\n${word}`;
  const prelude = Buffer.from(sent);
  // Some shells count bytes, some characters.
  const lengths = [...new Set([prelude.length, Array.from(sent).length])].join("|");
  // The command line does not contain the complete mark: a login file with `set -x` prints the command line.
  const start = [
    `export ${ENVIRONMENT}`,
    NO_PROXY,
    "cd /",
    "umask 022",
    `tripod_script=$(${takeBytes(prelude.length)})`,
    `case $tripod_script in ${word}*${word}) ;; *) exit ${INCOMPLETE};; esac`,
    `case \${#tripod_script} in ${lengths}) ;; *) exit ${INCOMPLETE};; esac`,
    `tripod_script=\${tripod_script#${word}}`,
    `printf %s-begins ${word}`,
    `printf %s-begins ${word} >&2`,
    `eval "\${tripod_script%${word}}"`,
  ].join("; ");
  const become = options.sudo ? "env LC_ALL=C sudo -n -H " : "";
  return { command: `exec ${become}${options.shell ?? "sh"} -c '${start}'`, prelude, mark: `${word}-begins` };
}

/** The output after the mark; undefined if the script was never started. */
export function afterMark(output: string, mark: string): string | undefined {
  const at = output.indexOf(mark);
  return at < 0 ? undefined : output.slice(at + mark.length);
}

/** The first lines of a script, for an error: at most 10 lines and 600 characters. */
export function excerpt(script: string): string {
  const lines = script.trim().split("\n");
  const text = lines.slice(0, 10).join("\n").slice(0, 600);
  return lines.length > 10 || text.length < lines.join("\n").length ? `${text}\n…` : text;
}

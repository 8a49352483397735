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
 * A shell function: the hex sha256 of the file named. openssl, where there is one, knows the processor's own instructions, which
 * coreutils does not: five times as fast.
 */
export const DIGEST =
  'digest() { d=$(openssl dgst -sha256 -r <"$1" 2>/dev/null || sha256sum <"$1") && echo "${d%% *}"; }';

/** Copies exactly `count` bytes of stdin. Unlike head, dd never takes more from a pipe than it was asked for. */
export function takeBytes(count: number | string): string {
  return `dd bs=64k count=${count} iflag=fullblock,count_bytes status=none`;
}

/** What every script runs with: messages in English, and a PATH that has the sbins. */
export const ENVIRONMENT = "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Put before what fetches from the internet. Everything else goes straight to where it is sent: the proxy that a login environment names
 * (`https_proxy`, `all_proxy` …) knows nothing of a cluster's addresses. curl and what is written in Go heed a `no_proxy` of `*`.
 */
export const THROUGH_PROXY = 'env NO_PROXY="$tripod_no_proxy" no_proxy="$tripod_no_proxy"';

export interface Wrapped {
  /** What the login shell is given. Nothing in it needs quoting rules that sh, csh and fish do not share. */
  readonly command: string;
  /** What stdin opens with: the script. The command's own input follows. */
  readonly prelude: Buffer;
  /** Both stdout and stderr open with it. What comes before was said by login files or by sudo. */
  readonly mark: string;
}

export interface WrapOptions {
  /** Become root by `sudo -n`. */
  readonly sudo?: boolean;
  /** The shell that runs the script; default `sh`. */
  readonly shell?: string;
}

/** Exit code where the script did not arrive as it was sent. Neither a shell nor env nor sudo ends with it. */
export const NOT_WHOLE = 121;

/**
 * Wraps a script so that a login shell of any kind can start it. The script travels by stdin: it may be long, and it stays out of
 * `ps` and of sudo's log. It is run only where all of it has arrived: a random word stands before and after it, and its length is
 * known. So nothing is run in part, be it cut short by a lost connection or robbed of its head by a login file that reads stdin.
 */
export function wrap(script: string, options: WrapOptions = {}): Wrapped {
  const word = `tripod-${randomBytes(8).toString("hex")}`;
  const sent = `${word}\n${script}\n${word}`;
  const prelude = Buffer.from(sent);
  // Some shells count bytes, some characters.
  const lengths = [...new Set([prelude.length, Array.from(sent).length])].join("|");
  // The mark is not in the command line as a whole: a login file with `set -x` prints that.
  const start = [
    `export ${ENVIRONMENT}`,
    'tripod_no_proxy="${no_proxy-$NO_PROXY}"',
    'export NO_PROXY="*" no_proxy="*"',
    "cd /",
    "umask 022",
    `tripod_script=$(${takeBytes(prelude.length)})`,
    `case $tripod_script in ${word}*${word}) ;; *) exit ${NOT_WHOLE};; esac`,
    `case \${#tripod_script} in ${lengths}) ;; *) exit ${NOT_WHOLE};; esac`,
    `tripod_script=\${tripod_script#${word}}`,
    `printf %s-begins ${word}`,
    `printf %s-begins ${word} >&2`,
    `eval "\${tripod_script%${word}}"`,
  ].join("; ");
  const become = options.sudo ? "env LC_ALL=C sudo -n -H " : "";
  return { command: `exec ${become}${options.shell ?? "sh"} -c '${start}'`, prelude, mark: `${word}-begins` };
}

/** What was said after the mark; undefined where the script was never started. */
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

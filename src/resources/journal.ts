import { quote } from "../remote/shell.ts";

/** Longest text of a host that is shown, characters. */
const LONGEST = 300;

/**
 * A host's output as one line that is safe to show: it is input, so it is cut to 300 characters and stripped of control characters.
 */
export function safeLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/**
 * A script that prints what a unit's own processes logged in the last five minutes, without systemd's lines about them. Lines that match
 * `errors` (an extended regular expression) where there are any, because a program that dies may print hundreds of lines after its
 * reason; else its last ones.
 */
function journalScript(unit: string, errors: string): string {
  const journal = `journalctl _SYSTEMD_UNIT=${quote(unit)} --since=-5min -o cat --no-pager`;
  return `{ ${journal} -n 3000 | grep -E ${quote(errors)} || ${journal} -n 5; } 2>/dev/null | tail -n 5 | cut -c1-2000`;
}

/** How to find, on its host, the reason why a program does not work. */
export interface Journal {
  /** Reads only. */
  readonly script: string;
  /** The reason in the script's output; undefined where there is none. */
  readonly reason: (stdout: string) => string | undefined;
}

/** etcd: in JSON, or in the text of its old logger (`2026-11-27 16:48:07.776145 C | etcdmain: …`). */
export const etcdJournal: Journal = {
  script: journalScript("etcd.service", String.raw`"level":"(error|fatal|panic|dpanic)"|^[0-9 :.-]+ [EC] \| |^panic: `),
  reason(stdout) {
    const last = lines(stdout).at(-1);
    return last === undefined ? undefined : (zapReason(last) ?? safeLine(last.replace(/^[\d :.-]+ [A-Z] \| /, "")));
  },
};

/** The kubelet: klog's lines (`F1127 16:48:30.180409     962 server.go:269] failed to run Kubelet: …`). */
export const kubeletJournal: Journal = {
  script: journalScript("kubelet.service", "^[EF][0-9]{4} "),
  reason(stdout) {
    const all = lines(stdout);
    // A kubelet that is restarted again and again logs other errors before it dies: the fatal one wins.
    const last = all.findLast((line) => line.startsWith("F")) ?? all.at(-1);
    return last === undefined ? undefined : safeLine(last.replace(/^[A-Z]\d{4} \S+ +\d+ (?:[^\]]+\] )?/, ""));
  },
};

/** Any other unit: its last line. */
export function journalOf(unit: string): Journal {
  return {
    script: journalScript(unit, "error|alert|emerg|fail|fatal"),
    reason: (stdout) => lines(stdout).map(safeLine).at(-1),
  };
}

/** The message and the error of a line that zap wrote: `discovery failed: walpb: crc mismatch`. */
function zapReason(line: string): string | undefined {
  try {
    const { msg, error } = JSON.parse(line) as { msg?: unknown; error?: unknown };
    const parts = [msg, error].filter((part) => typeof part === "string" && part !== "");
    return parts.length > 0 ? safeLine(parts.join(": ")) : undefined;
  } catch {
    return undefined;
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

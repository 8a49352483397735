import { TripodError, type Origin } from "../errors.ts";
import { NOT_WHOLE } from "./shell.ts";

export interface Refusal {
  readonly host: string;
  readonly origin?: Origin;
  readonly user: string;
  readonly sudo: boolean;
  readonly code: number;
  /** All that was said on both outputs. */
  readonly said: string;
}

/** What to do when the outcome of a command is unknown. */
export const READ_ANEW = "Run the same again: the host is read anew before anything is changed.";

/** What sudo says when it refuses, in English because it is run with LC_ALL=C. */
const BY_SUDO = /sudo|^Sorry, user/m;

/** Why a script was never started: sudo said no, the login shell runs no commands, or a login file reads what is sent. */
export function notStarted({ host, origin, user, sudo, code, said }: Refusal): TripodError {
  const why = said.trim() || `it ended with code ${code} and said nothing`;
  if (sudo && BY_SUDO.test(why)) {
    return new TripodError("E_SUDO", `${user} may not become root`, { host, origin, why, hint: sudoHint(why, user) });
  }
  if (code === NOT_WHOLE) {
    const message = `the login of ${user} takes away what Tripod sends`;
    const reads = "the script did not arrive as it was sent; nothing of it was run";
    const hint = `Which login file there reads standard input (~${user}/.bashrc, ~${user}/.zshenv, /etc/bash.bashrc …)? Let it do so in interactive shells only: case $- in *i*) …;; esac`;
    return new TripodError("E_AUTH", message, { host, origin, why: [reads, said.trim()].join("\n").trim(), hint });
  }
  const hint = `Give ${user} an ordinary login shell there, without a forced command.`;
  return new TripodError("E_AUTH", `the login of ${user} runs no commands`, { host, origin, why, hint });
}

function sudoHint(why: string, user: string): string {
  if (/sudo\W*: .*(not found|No such file)/.test(why)) return "Install sudo there, or log in as root.";
  if (why.includes("must have a tty")) return `Put "Defaults:${user} !requiretty" into a file of /etc/sudoers.d there.`;
  return `Put "${user} ALL=(ALL) NOPASSWD: ALL" into /etc/sudoers.d/tripod there, or log in as root.`;
}

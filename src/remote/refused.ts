import { TripodError, type Origin } from "../errors.ts";
import { INCOMPLETE } from "./shell.ts";

export interface Refusal {
  readonly host: string;
  readonly origin?: Origin;
  readonly user: string;
  readonly sudo: boolean;
  readonly code: number;
  /** All output, stdout and stderr. */
  readonly said: string;
}

/** The hint when the outcome of a command is unknown. */
export const RUN_AGAIN = "run the same command again: it reads the host before it changes anything";

/** What sudo prints when it refuses, in English because it runs with LC_ALL=C. */
const BY_SUDO = /sudo|^Sorry, user/m;

/** Why a script was never started: sudo refused, the login shell runs no commands, or a login file reads the input. */
export function notStarted({ host, origin, user, sudo, code, said }: Refusal): TripodError {
  const why = said.trim() || `exit code ${code}, without output`;
  if (sudo && BY_SUDO.test(why)) {
    return new TripodError("E_SUDO", `${user} may not become root`, { host, origin, why, hint: sudoHint(why, user) });
  }
  if (code === INCOMPLETE) {
    const message = `a login file of ${user} reads the commands that Tripod sends`;
    const reads = "the script did not arrive completely and was not run";
    const hint = `find the login file on the host that reads standard input (~${user}/.bashrc, ~${user}/.zshenv, /etc/bash.bashrc …) and let it do so in interactive shells only: case $- in *i*) …;; esac`;
    return new TripodError("E_AUTH", message, { host, origin, why: [reads, said.trim()].join("\n").trim(), hint });
  }
  const hint = `give ${user} an ordinary login shell on the host, without a forced command`;
  return new TripodError("E_AUTH", `the login shell of ${user} runs no commands`, { host, origin, why, hint });
}

function sudoHint(why: string, user: string): string {
  if (/sudo\W*: .*(not found|No such file)/.test(why)) return "Install sudo on the host, or log in as root.";
  if (why.includes("must have a tty"))
    return `Put "Defaults:${user} !requiretty" into a file in /etc/sudoers.d on the host.`;
  return `Put "${user} ALL=(ALL) NOPASSWD: ALL" into /etc/sudoers.d/tripod on the host, or log in as root.`;
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { expect } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export const CTRL_C = "\u0003";

export interface TerminalSession {
  /** All that was shown so far, without what moves the cursor. */
  readonly text: string;
  type(keys: string): void;
  /** Resolves when it has been shown. */
  shows(text: string): Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

/** The built command line at a terminal of its own (util-linux' script), with somebody before it. */
export function atTerminal(...args: readonly string[]): TerminalSession {
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(" ");
  const command = `stty cols 100 rows 40; exec ${words}`;
  const script = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...process.env, CI: "", TERM: "xterm", NO_COLOR: "1" },
  });
  let shown = "";
  script.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  return {
    get text() {
      return stripVTControlCharacters(shown).replaceAll("\r", "");
    },
    type: (keys) => void script.stdin.write(keys),
    async shows(text) {
      await expect.poll(() => this.text, { timeout: 60_000, interval: 50 }).toContain(text);
    },
    ended: once(script, "close").then(([code]) => code as number),
  };
}

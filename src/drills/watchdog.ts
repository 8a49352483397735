import { spawn } from "node:child_process";

/**
 * Lives in a session of its own, and switches a machine on when Tripod is gone (its end of the pipe is closed) or late, unless it was told
 * that this is done. A machine without power can have no dead man's switch of its own.
 */
const SCRIPT = `
const { spawn } = require("node:child_process");
let said = "";
let over = false;
const end = () => {
  if (over) return;
  over = true;
  const [order, answer = ""] = said.split("\\n");
  if (answer.startsWith("done")) process.exit();
  const { program, args } = JSON.parse(order);
  spawn(program, args, { stdio: "ignore" }).on("exit", () => process.exit());
};
process.stdin.on("data", (text) => (said += text)).on("end", end).on("error", end);
setTimeout(end, Number(process.argv[1]));
`;

export interface Watchdog {
  /** What it would do is done. */
  done(): void;
}

/**
 * Starts a keeper that runs a program when Tripod is gone, or after `within` ms. The program travels by stdin: there may be a password in
 * it, and everybody on this machine sees the keeper's own command line for as long as it lives.
 */
export function startWatchdog([program = "", ...args]: readonly string[], within: number): Watchdog {
  const child = spawn(process.execPath, ["-e", SCRIPT, String(within)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify({ program, args })}\n`);
  child.unref();
  return { done: () => child.stdin.end("done\n") };
}

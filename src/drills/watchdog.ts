import { spawn } from "node:child_process";

/**
 * Runs in its own session, and switches a machine on when Tripod has died (its end of the pipe is closed) or is late, unless Tripod has
 * reported that the machine is on. A machine without power cannot have a timer that does so.
 */
const SCRIPT = `
const { spawn } = require("node:child_process");
let received = "";
let over = false;
const end = () => {
  if (over) return;
  over = true;
  const [order, answer = ""] = received.split("\\n");
  if (answer.startsWith("done")) process.exit();
  const { program, args } = JSON.parse(order);
  spawn(program, args, { stdio: "ignore" }).on("exit", () => process.exit());
};
process.stdin.on("data", (text) => (received += text)).on("end", end).on("error", end);
setTimeout(end, Number(process.argv[1]));
`;

export interface Watchdog {
  /** The machine is on again: nothing is left to do. */
  done(): void;
}

/**
 * Starts a watchdog that runs a program when Tripod has died, or after `within` ms. The program is sent by stdin: it may contain a password,
 * and every user of this machine can see the watchdog's command line while it runs.
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

import { spawn } from "node:child_process";

/**
 * Lives in a session of its own, and switches a machine on when Tripod is gone (its end of the pipe is closed) or late, unless it was told
 * that this is done. A machine without power can have no dead man's switch of its own.
 */
const SCRIPT = `
const { spawn } = require("node:child_process");
const [ms, program, ...args] = process.argv.slice(1);
let said = "";
let over = false;
const end = () => {
  if (over) return;
  over = true;
  if (said.startsWith("done")) process.exit();
  spawn(program, args, { stdio: "ignore" }).on("exit", () => process.exit());
};
process.stdin.on("data", (text) => (said += text)).on("end", end).on("error", end);
setTimeout(end, Number(ms));
`;

export interface Keeper {
  /** What it would do is done. */
  done(): void;
}

/** Starts a keeper that runs a program when Tripod is gone, or after `within` ms. */
export function keep([command = "", ...args]: readonly string[], within: number): Keeper {
  const child = spawn(process.execPath, ["-e", SCRIPT, String(within), command, ...args], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.unref();
  return { done: () => child.stdin.end("done\n") };
}

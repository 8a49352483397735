import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "../../src/engine/events.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line, as a person would call it; it is ended after 25 minutes. */
export function tripod(...args: readonly string[]): Promise<Said> {
  return watched(args, () => undefined);
}

/** The same by another program, that runs it: `nsenter --net=…`. */
export function tripodBy(program: readonly [string, ...string[]], ...args: readonly string[]): Promise<Said> {
  return watched(args, () => undefined, program);
}

/** The same with --json, telling each event when it happens. */
export function tripodTelling(args: readonly string[], tell: (event: RunEvent) => void): Promise<Said> {
  return watched([...args, "--json"], (line) => {
    if (line.startsWith("{")) tell(JSON.parse(line) as RunEvent);
  });
}

async function watched(
  args: readonly string[],
  line: (text: string) => void,
  by: readonly string[] = [],
): Promise<Said> {
  const [program = "", ...rest] = [...by, process.execPath, MAIN, ...args];
  const child = spawn(program, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CI: "1", NO_COLOR: "1" },
    timeout: 1_500_000,
  });
  const said = { stdout: "", stderr: "" };
  let unread = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
    const lines = (unread + text).split("\n");
    unread = lines.pop() ?? "";
    lines.forEach(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { code: code ?? (signal ? 128 : 1), ...said };
}

/** The same, where anything but success fails the test with all that was said. */
export async function tripodMust(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tripod(...args);
  if (code !== 0) throw new Error(`tripod ${args.join(" ")} ended with ${code}:\n${stderr}\n${stdout.slice(-4000)}`);
  return stdout;
}

export function eventsOf(ndjson: string): RunEvent[] {
  return ndjson
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as RunEvent);
}

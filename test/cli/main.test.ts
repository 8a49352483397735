import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { ERRORS } from "../../src/errors.ts";
import { temporaryFolder } from "../support/programs.ts";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

test("the real program prints its help", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, "--help"]);
  expect(stdout).toContain("Usage: tripod");
});

test("a program that ends before its work is done reports that, and does not exit with 13", () => {
  const never = join(temporaryFolder(), "never.mjs");
  const commander = import.meta.resolve("commander");
  writeFileSync(
    never,
    `import { Command } from "${commander}"; Command.prototype.parseAsync = () => new Promise(() => undefined);`,
  );
  const given = ["--import", "tsx", "--import", never, MAIN, "status"];
  const { status, stderr } = spawnSync(process.execPath, given, { encoding: "utf8" });
  expect([status, stderr]).toEqual([
    ERRORS.E_INTERNAL.exit,
    expect.stringContaining("this is a bug in Tripod: the process ended before its work was done (E_INTERNAL)\n"),
  ]);
});

test("a standard error that cannot be written does not change how a command ends", () => {
  const script = '"$0" --import tsx "$1" validate --inventroy x 2>/dev/full';
  expect(spawnSync("sh", ["-c", script, process.execPath, MAIN]).status).toBe(ERRORS.E_USAGE.exit);
});

test("the second Ctrl-C ends a command that waits for an inventory from a pipe", async () => {
  const pipe = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const program = spawn(process.execPath, ["--import", "tsx", MAIN, "validate", "-i", pipe], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void program.kill("SIGKILL"));
  const ended = once(program, "exit");
  // The pipe has a writer, which writes nothing, as soon as the program reads it.
  const writer = await vi.waitFor(() => openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK), 20_000);
  onTestFinished(() => closeSync(writer));
  program.kill("SIGINT");
  await once(program.stderr, "data");
  program.kill("SIGINT");
  expect(await ended).toEqual([ERRORS.E_INTERRUPTED.exit, null]);
});

test("only main.ts ends the process, and a drill's watchdog its own", () => {
  const src = new URL("../../src/", import.meta.url);
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const ending = files.filter((file) => /\bprocess\.(exit\(|exitCode)/.test(readFileSync(new URL(file, src), "utf8")));
  expect(ending).toEqual(["cli/main.ts", "drills/watchdog.ts"]);
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Undefined where all of these programs are on this machine; else which are not, for the title of what is skipped. */
export function missingPrograms(...programs: string[]): string | undefined {
  const missing = programs.filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  return missing.length > 0 ? `${missing.join(", ")} not installed` : undefined;
}

/** What is said of a checker in a test's title: nothing, or that it cannot run and why. */
export function because(reason: string | undefined): string {
  return reason ? ` (not checked: ${reason})` : "";
}

/** Runs a program; its exit code and all that it said. */
export function run(program: string, ...args: string[]): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error) throw error;
  return { code: status, said: stdout + stderr };
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tripod-test-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

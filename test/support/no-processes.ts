import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, expect } from "vitest";

/**
 * Set up for every file of the project `unit`: no program is started there, by a test or by what it tests. The error may be caught by
 * the code under test, so the file fails at its end as well.
 */
const refused: string[] = [];
const BELONGS = "its file belongs in MACHINE of vitest.config.ts";

function refuse(program: unknown): never {
  refused.push(JSON.stringify(program));
  throw new Error(`a unit test starts ${refused.at(-1)}: ${BELONGS}`);
}

// What spawn, exec, execFile and fork, and with them zx, come to.
Object.assign(childProcess.ChildProcess.prototype, {
  spawn: ({ args }: { readonly args: readonly string[] }) => refuse(args),
});
Object.assign(childProcess, { spawnSync: refuse, execSync: refuse, execFileSync: refuse });
syncBuiltinESMExports();

afterAll(() => {
  expect(refused, `programs that a unit test starts: ${BELONGS}`).toEqual([]);
});

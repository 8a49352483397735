// npm test: everything, from a bare clone. Unit tests, those that start programs, and with root the end-to-end stories on the lab.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, prepare, root } from "./prepare.mjs";

prepare();
const folder = mkdtempSync(join(tmpdir(), "tripod-test-"));
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log("not root: the end-to-end stories on the lab are skipped (they create system containers)");

const suites = ["unit", "machine", ...(isRoot ? ["e2e"] : [])];
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const suite of suites) {
  const results = join(folder, `${suite}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const status = call(process.execPath, [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--project",
    suite,
    ...reporters,
  ]);
  if (!existsSync(results)) {
    totals.failed++;
    continue;
  }
  const { numPassedTests, numFailedTests, numPendingTests, success } = JSON.parse(readFileSync(results, "utf8"));
  totals.passed += numPassedTests;
  totals.skipped += numPendingTests;
  // A file that fails to load, or an error outside a test, has no test to count, but is a failure too.
  totals.failed += numFailedTests || (success && status === 0 ? 0 : 1);
}
rmSync(folder, { recursive: true, force: true });
console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`,
);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

// Prepares a bare clone: installs npm packages and builds. Plain JavaScript without packages.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a program in this terminal; returns its exit code, or 127 if it cannot be started. */
export function call(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit", ...options });
  if (error) console.error(`${program}: ${error.message}`);
  return status ?? 127;
}

function must(what, program, args) {
  const status = call(program, args);
  if (status !== 0) {
    console.error(`${what} failed: ${program} ${args.join(" ")}`);
    process.exit(status);
  }
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(folder) {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) =>
      modified(join(entry.parentPath, entry.name)),
    ),
  );
}

/** Installs and builds what is missing or outdated. */
export function prepare() {
  if (modified(join(root, "node_modules/.package-lock.json")) < modified(join(root, "package-lock.json")))
    must("installing npm packages", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (modified(join(root, "dist/.built")) < newest(join(root, "src"))) {
    must("building", "npm", ["run", "--silent", "build"]);
    must("building", process.execPath, ["-e", "require('node:fs').writeFileSync('dist/.built', '')"]);
  }
}

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { labFolders } from "../../src/lab/folders.ts";
import { hasParts } from "../../src/lab/leftovers.ts";
import { temporaryFolder } from "../support/programs.ts";

afterEach(() => vi.unstubAllEnvs());

test("a lab that never existed has no parts; one that was only begun has", async () => {
  vi.stubEnv("XDG_STATE_HOME", temporaryFolder());
  const lab = "no-such-lab-either";
  expect(await hasParts(lab)).toBe(false);
  mkdirSync(join(dirname(labFolders(lab).root), `${lab}.restoring`), { recursive: true });
  expect(await hasParts(lab)).toBe(true);
});

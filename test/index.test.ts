import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as tripod from "../src/index.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The names in the first column of the page's table. */
const documented = [...read("docs/library.md").matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell = ""]) =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
);

/** What index.ts exports, types too. */
const exported = [...read("src/index.ts").matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
  names.split(",").map((name) => name.replace("type ", "").trim()),
);

test("the library exports exactly what docs/library.md lists", () => {
  expect(exported.toSorted()).toEqual(documented.toSorted());
  expect(exported).toEqual(expect.arrayContaining(Object.keys(tripod)));
});

test("a program that imports the library can load an inventory and check the codes of its errors", async () => {
  const cluster = await tripod.loadCluster("inventories/lab.yaml");
  expect(cluster.masters.map(({ name }) => name)).toEqual(["m1", "m2", "m3"]);
  await expect(tripod.loadCluster("inventories/absent.yaml")).rejects.toMatchObject({ code: "E_USAGE", exitCode: 3 });
});

test("importing the library prints nothing and keeps no process alive", () => {
  const program = 'await import("./src/index.ts")';
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});

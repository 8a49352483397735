import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { recordingIo } from "../../support/io.ts";
import { temporaryFolder } from "../../support/programs.ts";

const cwd = new URL("../../../", import.meta.url).pathname;

/** Ends before machines are created. */
async function rehearse(...args: string[]) {
  const io = recordingIo({ cwd, env: { XDG_STATE_HOME: temporaryFolder() } });
  return [await runCommandLine(["rehearse", ...args], io), io.stderr.text];
}

describe("the options of a rehearsal", () => {
  test("a rehearsal needs an inventory, or a rehearsal to repeat", async () => {
    expect(await rehearse()).toEqual([3, expect.stringContaining("-i, --inventory")]);
    expect(await rehearse("--from", "20260131T091500.123Z-rehearse")).toEqual([
      3,
      expect.stringContaining("is not a recorded rehearsal"),
    ]);
  });

  test("a rehearsal that is repeated takes no other options", async () => {
    expect(await rehearse("--from", "x", "--hosts", "3")).toEqual([
      3,
      expect.stringContaining("either --from or --hosts"),
    ]);
    expect(await rehearse("--from", "x", "--no-drill")).toEqual([
      3,
      expect.stringContaining("either --from or --drill"),
    ]);
  });

  test("--no-drill and --all exclude each other", async () => {
    const both = ["--no-drill", "--all"];
    expect(await rehearse("-i", "inventories/lab.yaml", ...both)).toEqual([3, expect.stringContaining("--no-drill")]);
  });

  test("a rehearsal accepts no inventory that can be read only once, because it could not be repeated", async () => {
    const copy = openSync(join(cwd, "inventories/lab.yaml"), "r");
    onTestFinished(() => closeSync(copy));
    for (const given of [
      ["-i", `/dev/fd/${copy}`],
      ["-i", "inventories/lab.yaml", "--then", `/proc/self/fd/${copy}`],
    ])
      expect(await rehearse(...given)).toEqual([3, expect.stringMatching(/only once .*\n {2}→ save it to a file/)]);
    expect(await rehearse("-i", "absent.yaml")).toEqual([3, expect.stringContaining("absent.yaml does not exist")]);
  });
});

describe("the inventories of a rehearsal", () => {
  test("an inventory of another cluster is not applied on top", async () => {
    expect(await rehearse("-i", "inventories/lab.yaml", "--then", "inventories/ha-3x2.yaml")).toEqual([
      3,
      expect.stringContaining("is of the cluster production, not of rehearsal"),
    ]);
  });

  test("a machine whose address or role differs is reported with its line", async () => {
    const folder = temporaryFolder();
    const next = join(folder, "next.yaml");
    const text = readFileSync(join(cwd, "inventories/lab.yaml"), "utf8");
    const then = (edited: string) => {
      writeFileSync(next, edited);
      return rehearse("-i", "inventories/lab.yaml", "--then", next);
    };
    expect(await then(text.replace("10.66.0.22", "10.66.0.23"))).toEqual([
      3,
      expect.stringMatching(/w2 has a different address, role or SSH setting than before[^]*next\.yaml:\d+:\d+/),
    ]);
    expect(await then(text.replace("name: w2", "name: w9"))).toEqual([
      3,
      expect.stringContaining("w9 has the address of w2"),
    ]);
  });

  test("a drill needs a worker for its workload", async () => {
    const three = ["-i", "inventories/lab.yaml", "--hosts", "3"];
    expect(await rehearse(...three)).toEqual([3, expect.stringContaining("no worker can run the drill")]);
  });

  test("--hosts never leaves out masters", async () => {
    expect(await rehearse("-i", "inventories/lab.yaml", "--hosts", "2")).toEqual([
      3,
      expect.stringContaining("2 machines, but the inventory has 3 masters"),
    ]);
    expect(await rehearse("-i", "inventories/lab.yaml", "--hosts", "none")).toEqual([
      3,
      expect.stringContaining("a whole number from 1 to 999"),
    ]);
  });
});

import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { lastLine } from "../../../src/cli/rehearsal-result.ts";
import type { Status } from "../../../src/status.ts";
import { recordingIo } from "../../support/io.ts";
import { temporaryFolder } from "../../support/programs.ts";

const member = {
  endpoint: "https://10.0.0.11:2379",
  id: "1",
  leader: true,
  learner: false,
  version: "3.5.24",
  dbSize: 1,
};

const well: Status = {
  nodes: ["m1", "m2", "m3", "w1", "w2"].map((name) => ({ name, ready: true as const })),
  vipHolders: ["m1"],
  api: ["m1", "m2", "m3"].map((master) => ({ master, ready: true as const })),
  etcd: ["m1", "m2", "m3"].map((master) => ({ master, member })),
  vipStrays: [],
  strangers: [],
  loadBalancers: [],
  controllers: [],
  podRoutes: [],
  problems: [],
  healthy: true,
};

test("a rehearsal ends with one line that says how it went", () => {
  expect(lastLine(well, 86.7)).toBe("rehearsal: 5/5 nodes Ready, VIP on m1, etcd 3/3 healthy, 87 s");
});

test("the line counts what is well and says who should not hold the VIP", () => {
  const ill: Status = {
    ...well,
    nodes: [...well.nodes.slice(1), { name: "w2", ready: "w2 is not Ready: PLEG is not healthy" }],
    vipHolders: ["m1", "m2"],
    etcd: [...well.etcd.slice(1), { master: "m3", member: "connection refused" }],
  };
  expect(lastLine(ill, 120)).toBe("rehearsal: 4/5 nodes Ready, VIP on m1 and m2, etcd 2/3 healthy, 120 s");
  expect(lastLine({ ...well, vipHolders: [] }, 120)).toContain("VIP on nobody");
});

describe("before anything is made", () => {
  const cwd = new URL("../../../", import.meta.url).pathname;

  async function rehearse(...args: string[]) {
    const io = recordingIo({ cwd, env: { XDG_STATE_HOME: temporaryFolder() } });
    return [await runCommandLine(["rehearse", ...args], io), io.stderr.text];
  }

  test("a rehearsal needs an inventory, or a rehearsal to repeat", async () => {
    expect(await rehearse()).toEqual([3, expect.stringContaining("-i, --inventory")]);
    expect(await rehearse("--from", "20260131T091500.123Z-rehearse")).toEqual([
      3,
      expect.stringContaining("is no rehearsal on record"),
    ]);
  });

  test("what is repeated is not asked for differently at the same time", async () => {
    expect(await rehearse("--from", "x", "--hosts", "3")).toEqual([3, expect.stringContaining("--from and --hosts")]);
    expect(await rehearse("--from", "x", "--no-drill")).toEqual([3, expect.stringContaining("--from and --drill")]);
  });

  test("nobody can have it broken by everything, and not at all", async () => {
    const both = ["--no-drill", "--all"];
    expect(await rehearse("-i", "inventories/lab.yaml", ...both)).toEqual([3, expect.stringContaining("--no-drill")]);
  });

  test("a rehearsal takes no inventory that cannot be read again: it could not be repeated either", async () => {
    const copy = openSync(join(cwd, "inventories/lab.yaml"), "r");
    onTestFinished(() => closeSync(copy));
    for (const given of [
      ["-i", `/dev/fd/${copy}`],
      ["-i", "inventories/lab.yaml", "--then", `/proc/self/fd/${copy}`],
    ])
      expect(await rehearse(...given)).toEqual([3, expect.stringMatching(/only once .*\n {2}→ save it in a file/)]);
    expect(await rehearse("-i", "absent.yaml")).toEqual([3, expect.stringContaining("absent.yaml does not exist")]);
  });

  test("what is applied on top is of the same cluster", async () => {
    expect(await rehearse("-i", "inventories/lab.yaml", "--then", "inventories/ha-3x2.yaml")).toEqual([
      3,
      expect.stringContaining("is of the cluster production, and not of rehearsal"),
    ]);
  });

  test("what cannot be a change on machines that stand is told where it stands", async () => {
    const folder = temporaryFolder();
    const next = join(folder, "next.yaml");
    const text = readFileSync(join(cwd, "inventories/lab.yaml"), "utf8");
    const then = (edited: string) => {
      writeFileSync(next, edited);
      return rehearse("-i", "inventories/lab.yaml", "--then", next);
    };
    expect(await then(text.replace("10.66.0.22", "10.66.0.23"))).toEqual([
      3,
      expect.stringMatching(/w2 has another address, role or way in than before[^]*next\.yaml:\d+:\d+/),
    ]);
    expect(await then(text.replace("name: w2", "name: w9"))).toEqual([
      3,
      expect.stringContaining("w9 has the address of w2"),
    ]);
  });

  test("nothing is measured where the drill's own workload could not run", async () => {
    const three = ["-i", "inventories/lab.yaml", "--hosts", "3"];
    expect(await rehearse(...three)).toEqual([3, expect.stringContaining("there is no worker on which")]);
  });

  test("no sample is without the masters", async () => {
    expect(await rehearse("-i", "inventories/lab.yaml", "--hosts", "2")).toEqual([
      3,
      expect.stringContaining("2 machines, but the inventory has 3 masters"),
    ]);
    expect(await rehearse("-i", "inventories/lab.yaml", "--hosts", "none")).toEqual([
      3,
      expect.stringContaining("a number from 1 to 999"),
    ]);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { powerCut, powerOf } from "../../src/drills/power.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tripod-power-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const is = (name: string) => existsSync(join(folder, name));
const power = () => ({
  off: ({ name }: { name: string }) => ["touch", join(folder, `${name}-off`)],
  on: ({ name }: { name: string }) => ["touch", join(folder, `${name}-on`)],
});

describe("a power cut", () => {
  it("switches a machine off, and on again", async () => {
    const cut = powerCut([scriptedHost()], power(), 60_000);
    expect(cut.what).toBe("power of m1 cut");
    await cut.begin();
    expect([is("m1-off"), is("m1-on")]).toEqual([true, false]);
    await cut.end(new AbortController().signal);
    expect(is("m1-on")).toBe(true);
  });

  it("is undone by the watchdog when Tripod is killed", async () => {
    const script = `
      import { powerCut } from ${JSON.stringify(new URL("../../src/drills/power.ts", import.meta.url).href)};
      const file = (name) => ["touch", ${JSON.stringify(folder)} + "/" + name];
      await powerCut([{ name: "m1", machine: { name: "m1" } }], { off: () => file("off"), on: () => file("on") }, 60000).begin();
      console.log("off");
      setInterval(() => undefined, 1000);`;
    const operator = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    await once(operator.stdout, "data");
    expect([is("off"), is("on")]).toEqual([true, false]);
    operator.kill("SIGKILL");
    await expect.poll(() => is("on"), { timeout: 10_000 }).toBe(true);
  });

  it("is undone by the watchdog when Tripod is late", async () => {
    await powerCut([scriptedHost()], power(), 100).begin();
    await expect.poll(() => is("m1-on"), { timeout: 10_000 }).toBe(true);
  });

  it("does not show the command that switches it on, perhaps with a password, to other users of the operator's machine", async () => {
    const secret = `hunter2-${process.pid}`;
    const on = () => ["sh", "-c", `: ${secret}; touch ${join(folder, "on")}`];
    const cut = powerCut([scriptedHost()], { off: () => ["true"], on }, 60_000);
    await cut.begin();
    const commandLines = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8");
        } catch {
          return "";
        }
      });
    expect(commandLines.some((line) => line.includes("setTimeout(end"))).toBe(true);
    expect(commandLines.filter((line) => line.includes(secret))).toEqual([]);
    await cut.end(new AbortController().signal);
    expect(is("on")).toBe(true);
  });

  it("reports the output of the command when it fails", async () => {
    const broken = { ...power(), off: () => ["sh", "-c", "echo no such outlet >&2; exit 3"] };
    const cut = powerCut([scriptedHost()], broken, 60_000);
    await expect(cut.begin()).rejects.toMatchObject({
      code: "E_COMMAND",
      details: { why: expect.stringContaining("no such outlet") as string },
    });
    await cut.end(new AbortController().signal);
  });
});

describe("the inventory's power", () => {
  const [m1] = testCluster().masters;

  it("is a shell command with the machine's name and address in it", () => {
    const { off, on } = powerOf(testCluster({ power: { off: "pdu {{name}} 0", on: "wake {{ address }}" } })) ?? {};
    expect(m1 && off?.(m1)).toEqual(["/bin/sh", "-c", "pdu m1 0"]);
    expect(m1 && on?.(m1)).toEqual(["/bin/sh", "-c", "wake 10.0.0.11"]);
  });

  it("is never guessed", () => {
    expect(powerOf(testCluster())).toBeUndefined();
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, test } from "vitest";
import { TripodErrors } from "../src/errors.ts";
import { hardware } from "../src/facts/hardware.ts";
import { identity } from "../src/facts/identity.ts";
import type { Cluster, Machine } from "../src/inventory/cluster.ts";
import { localConnection } from "./support/local-connection.ts";
import { toHost, withSession } from "../src/session.ts";
import { testCluster, testMachine } from "./support/cluster.ts";
import { temporaryFolder } from "./support/programs.ts";
import { eventually, failure, Sshd } from "./support/sshd.ts";

const { signal } = new AbortController();
const opened: Sshd[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((sshd) => sshd[Symbol.asyncDispose]()));
});

/** A cluster of m1 and w1, served by these; where there is none, nothing listens. */
async function clusterOf(...sshds: ("listens" | "refuses" | "nobody")[]): Promise<Cluster> {
  const machines = await Promise.all(
    sshds.map(async (kind, index): Promise<Machine> => {
      const sshd = await Sshd.start({ refuseLogins: kind === "refuses" });
      opened.push(sshd);
      const ssh = sshd.target(kind === "nobody" ? { port: 1 } : {});
      const master = index === 0;
      const name = master ? "m1" : `w${index}`;
      return testMachine(name, `10.0.0.${master ? 11 : 20 + index}`, master ? "master" : "worker", { ssh });
    }),
  );
  return testCluster({ masters: machines.slice(0, 1), workers: machines.slice(1) });
}

test("a host whose time cannot be parsed is an error with its name", async () => {
  const local = localConnection();
  const run: typeof local.run = (script) => local.run(script.replaceAll("date +%s%3N", "date +%s3N"));
  expect(await failure(toHost(testMachine("m1", "10.0.0.11", "master"), { ...local, run }))).toMatchObject({
    code: "E_COMMAND",
    message: "its clock cannot be parsed",
    details: { host: "m1", origin: { line: 11 }, why: expect.stringContaining("$ date") as string },
  });
});

describe("a session", () => {
  it("has a host for every machine, in the inventory's order, and its facts were read in one round trip", async () => {
    const cluster = await clusterOf("listens", "listens");
    await withSession(cluster, { signal }, async (hosts) => {
      expect(hosts.map(({ name }) => name)).toEqual(["m1", "w1"]);
      expect(hosts[0]?.fact(hardware).cpus).toBeGreaterThan(0);
      expect(hosts[0]?.fact(identity).hostname).toMatch(/./);
      expect(hosts[0]?.connection.traffic.commands).toBe(1);
      expect((await hosts[1]?.read("echo here"))?.stdout).toBe("here\n");
    });
  });

  it("connects only to the requested machines", async () => {
    const cluster = await clusterOf("listens", "nobody");
    const names = await withSession(cluster, { signal, machines: cluster.masters }, (hosts) =>
      Promise.resolve(hosts.map(({ name }) => name)),
    );
    expect(names).toEqual(["m1"]);
  });

  it("fails with every host that cannot be used, each with its own error and its line of the inventory", async () => {
    const error = await failure(withSession(await clusterOf("refuses", "listens", "nobody"), { signal }, never));
    expect(error).toBeInstanceOf(TripodErrors);
    expect(error.message).toBe("2 of 3 hosts cannot be used; nothing was changed");
    expect((error as unknown as TripodErrors).errors).toMatchObject([
      { code: "E_AUTH", details: { host: "m1", origin: { line: 11 } } },
      { code: "E_UNREACHABLE", details: { host: "w2", origin: { line: 22 } } },
    ]);
    await eventually(() => opened[1]?.connections).toBe(0);
  });

  it("continues without them if requested, and reports each", async () => {
    const cluster = await clusterOf("listens", "nobody");
    const told: string[] = [];
    const without = (error: { code: string }) => told.push(error.code);
    const names = await withSession(cluster, { signal, without }, (hosts) =>
      Promise.resolve(hosts.map(({ name }) => name)),
    );
    expect([names, told]).toEqual([["m1"], ["E_UNREACHABLE"]]);
  });

  it("reports a bastion that cannot be used once, at its own line, with the hosts that are reached through it", async () => {
    const { masters, workers } = await clusterOf("listens", "listens", "listens");
    const origin = { file: "prod.yaml", line: 5, column: 14 };
    const [sshd] = opened;
    if (!sshd) throw new Error("there is a server");
    const gate = { ...sshd.target({ port: 1, user: "jump" }), origin };
    const behind = (machine: Machine): Machine => ({ ...machine, ssh: { ...machine.ssh, bastion: gate } });
    const [w1, ...others] = workers.map(behind);
    // Another way of logging in at the same bastion is not another bastion.
    const otherKeys = { ...gate, identityFiles: [] };
    const cluster = testCluster({
      masters: masters.map(behind),
      workers: [...(w1 ? [{ ...w1, ssh: { ...w1.ssh, bastion: otherKeys } }] : []), ...others],
    });
    const error = await failure(withSession(cluster, { signal }, never));
    expect(error.message).toBe("3 of 3 hosts cannot be used; nothing was changed");
    expect((error as unknown as TripodErrors).errors).toMatchObject([
      {
        code: "E_UNREACHABLE",
        message: "nothing listens at 127.0.0.1:1; m1, w1, w2 are reached through it",
        details: { host: "bastion jump@127.0.0.1:1", origin },
      },
    ]);
  });

  it("closes its connections when its work has failed", async () => {
    const cluster = await clusterOf("listens");
    await expect(withSession(cluster, { signal }, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await eventually(() => opened[0]?.connections).toBe(0);
  });
});

describe("a host's operating system", () => {
  const machine = testMachine("m1", "10.0.0.11", "master");
  const running = (release: string) => {
    const file = join(temporaryFolder(), "os-release");
    writeFileSync(file, release);
    const local = localConnection();
    const run: typeof local.run = (script) => local.run(script.replaceAll("/etc/os-release", file));
    return toHost(machine, { ...local, run });
  };

  it.each([
    ["Debian", "ID=debian", "debian"],
    ["Ubuntu", "ID=ubuntu\nID_LIKE=debian", "debian"],
    ["Rocky", 'ID="rocky"\nID_LIKE="rhel centos fedora"', "rhel"],
  ])("such as %s's is detected from /etc/os-release", async (_, release, family) => {
    expect((await running(release)).os.name).toBe(family);
  });

  it("that is not supported is named", async () => {
    expect(await failure(running('PRETTY_NAME="Alpine Linux v3.20"\nID=alpine'))).toMatchObject({
      code: "E_PREFLIGHT",
      message: "its operating system (Alpine Linux v3.20) is not supported",
      details: { host: "m1", origin: { line: 11 } },
    });
  });
});

function never(): Promise<never> {
  return expect.unreachable("no work is begun");
}

import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Disruption, type Scenario, undoneAfter } from "../../src/drills/scenario.ts";
import type { Power, Setup } from "../../src/drills/setup.ts";
import { NO_POWER } from "../../src/drills/power.ts";
import { SCENARIOS } from "../../src/drills/index.ts";
import type { Result } from "../../src/remote/connection.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { machineStory } from "../support/machine-story.ts";
import { failure } from "../support/sshd.ts";

interface Run {
  readonly host: string;
  readonly script: string;
}

/** Three masters (m1 holds the VIP, m2 leads etcd) and two workers, that record the scripts they run. */
function setupOf(
  answer: (script: string) => string | Partial<Result> = () => "",
  power?: Power,
  sshConnection = "10.0.0.1 50000 10.0.0.11 22\n",
) {
  const runs: Run[] = [];
  const cluster = testCluster();
  const hosts = cluster.machines.map((machine) =>
    scriptedHost({
      machine,
      answer: (script) => {
        runs.push({ host: machine.name, script });
        if (script === "echo $SSH_CONNECTION") return sshConnection;
        return answer(script);
      },
    }),
  );
  const [m1, m2, m3, w1, w2] = hosts;
  if (!m1 || !m2 || !m3 || !w1 || !w2) throw new Error("the test cluster has five machines");
  const setup: Setup = {
    cluster,
    hosts,
    masters: [m1, m2, m3],
    workers: [w1, w2],
    probeHost: w2,
    power,
    holder: () => Promise.resolve(m1),
    etcdLeader: () => Promise.resolve(m2),
    nothingLost: () => Promise.resolve(),
    workloadWithout: () => ({ title: "", within: 0, holds: () => Promise.resolve(true) }),
  };
  return { setup, runs };
}

const POWER: Power = { off: () => ["true"], on: () => ["true"] };

function named(name: string): Scenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return scenario;
}

async function prepared(name: string, { setup }: ReturnType<typeof setupOf>): Promise<Disruption> {
  const scenario = named(name);
  const disruption = await scenario.prepare(setup, undoneAfter(scenario));
  if (typeof disruption === "string") throw new Error(disruption);
  return disruption;
}

describe.each(SCENARIOS)("$name", (scenario) => {
  it("starts the timer that undoes it on the host before it breaks anything there, in scripts that a shell can parse", async () => {
    const simulation = setupOf(
      (script) => (script.includes("--container") && !script.includes("systemd-run") ? { code: 0 } : ""),
      POWER,
    );
    const disruption = await prepared(scenario.name, simulation);
    const before = simulation.runs.length;
    await disruption.begin();
    await disruption.end(new AbortController().signal);
    const scripts = simulation.runs.slice(before);
    for (const { script } of simulation.runs) execFileSync("sh", ["-n"], { input: script });
    if (disruption.powersOff) expect(scripts).toEqual([]);
    else {
      const [lifeline, begin, end] = scripts;
      expect(scripts).toHaveLength(3);
      expect(lifeline?.script).toBe(`cat >/dev/null\n${end?.script ?? ""}`);
      expect(begin?.script).toMatch(
        /^umask 077[^]*systemd-run [^]*--on-active=\d+ms[^]*is-active tripod-drill-\S+\.timer/,
      );
      expect(new Set(scripts.map(({ host }) => host))).toEqual(new Set(disruption.victims.map(({ name }) => name)));
    }
  });

  it("never has the probe host as its victim", async () => {
    const simulation = setupOf(undefined, POWER);
    const disruption = await scenario.prepare(simulation.setup, 60_000);
    if (typeof disruption !== "string") expect(disruption.victims.map(({ name }) => name)).not.toContain("w2");
  });

  it("declares whether it needs `power`: exactly then it is skipped without", async () => {
    const { setup } = setupOf(() => ({ code: 0 }));
    const disruption = await scenario.prepare(setup, 60_000);
    expect(disruption === NO_POWER).toBe(scenario.needsPower ?? false);
  });

  it("is undone by the host later than by Tripod", () => {
    expect(undoneAfter(scenario)).toBeGreaterThan(scenario.lasts[1]);
  });
});

describe("scenarios choose their victims", () => {
  it.each([
    ["api-server-holder", "m1"],
    ["api-server-other", "m3"],
    ["etcd-leader", "m2"],
    ["etcd-follower", "m3"],
    ["power-holder", "m1"],
    ["power-master", "m3"],
    ["power-worker", "w1"],
    ["cut-etcd", "m2"],
    ["quorum", "m1 m2"],
  ])("%s: %s", async (name, victims) => {
    const disruption = await prepared(name, setupOf(undefined, POWER));
    expect(disruption.victims.map((victim) => victim.name).join(" ")).toBe(victims);
  });
});

describe("scenarios that cannot run here are skipped with a reason", () => {
  it.each(["power-holder", "power-master", "power-worker", "quorum"])("%s without power", async (name) => {
    expect(await named(name).prepare(setupOf().setup, 60_000)).toMatch(/the inventory has no `power`$/);
  });

  it("a full disk where etcd shares its file system with others", async () => {
    const simulation = setupOf((script) => (script.includes("findmnt") ? "it is part of the file system at /\n" : ""));
    expect(await named("disk-full").prepare(simulation.setup, 60_000)).toBe(
      "/var/lib/etcd on m3 is not a dedicated file system: it is part of the file system at /",
    );
    expect(simulation.runs.every(({ script }) => !script.includes("fallocate"))).toBe(true);
  });

  it("a wrong clock where the host is a container, which shares its clock", async () => {
    const simulation = setupOf((script) => (script.includes("--container") ? { code: 1 } : ""));
    expect(await named("clock").prepare(simulation.setup, 60_000)).toMatch(/container/);
    expect(simulation.runs.every(({ script }) => !script.includes("date -s"))).toBe(true);
  });

  it("delayed packets where the kernel has no netem", async () => {
    const simulation = setupOf((script) =>
      script.includes("netem") ? { code: 2, stderr: "Error: Specified qdisc kind is unknown.\n" } : "",
    );
    expect(await named("latency").prepare(simulation.setup, 60_000)).toBe(
      "m1 has no netem: Error: Specified qdisc kind is unknown.",
    );
  });
});

describe("a cut network", () => {
  it.each(["", "10.0.0.1 1 10.0.0.11 22;reboot", "$(reboot) 1 10.0.0.11 22", "10.0.0.1\nreboot 1 2 22"])(
    "is refused where a host reports %j as our address",
    async (sshConnection) => {
      const simulation = setupOf(undefined, POWER, sshConnection);
      const refused = await failure(prepared("cut-holder", simulation));
      expect(refused).toMatchObject({ code: "E_COMMAND", message: /address that Tripod is connected from/ });
      expect(simulation.runs.map(({ script }) => script)).toEqual(["echo $SSH_CONNECTION"]);
    },
  );

  it("leaves out the SSH connection by which it is undone", async () => {
    const simulation = setupOf();
    const disruption = await prepared("cut-holder", simulation);
    await disruption.begin();
    const rules =
      simulation.runs
        .at(-1)
        ?.script.split("\n")
        .filter((line) => line.includes("-A TRIPOD-DRILL")) ?? [];
    expect(rules.map((rule) => rule.replace("iptables -w -A TRIPOD-DRILL ", "").replace(" || exit", ""))).toEqual([
      "-i lo -j RETURN",
      "-o lo -j RETURN",
      "-p tcp -s 10.0.0.1 --dport 22 -j RETURN",
      "-p tcp -d 10.0.0.1 --sport 22 -j RETURN",
      "-j DROP",
    ]);
  });
});

describe("a full disk", () => {
  machineStory("fills etcd's disk, but nothing that etcd has linked to", async (machine) => {
    const { setup, runs } = setupOf();
    const disruption = await named("disk-full").prepare(setup, 1000);
    if (typeof disruption === "string") throw new Error(disruption);
    await disruption.begin();
    const script = runs.at(-1)?.script ?? "";
    const disrupt = script.slice(script.indexOf("free() {"));
    const setUp = [
      "mkdir -p /var/lib/etcd /victim && mount -t tmpfs -o size=24m tmpfs /var/lib/etcd && chown nobody /var/lib/etcd",
      "mknod /dev/zero c 1 5",
      "echo precious >/victim/file",
      "ln -s /victim/file /var/lib/etcd/tripod-drill-ballast; ln -s /victim /var/lib/etcd/tripod-drill",
    ];
    expect(await machine.connection.run(setUp.join("\n"))).toMatchObject({ code: 0 });
    // As ext4 does: some of it is free again once the first attempt to fill it has ended.
    const givesBack = `cat() { command cat "$@"; [ -e /gave ] || { truncate -s -131072 ballast; : >/gave; }; }\n`;
    expect(await machine.connection.run(givesBack + disrupt)).toMatchObject({ code: 0 });
    const { stdout } = await machine.connection.run(
      "cat /victim/file; ls /victim; df --output=avail -B1 /var/lib/etcd | tail -n 1",
    );
    expect(stdout.trim().split(/\s+/)).toEqual(["precious", "file", "0"]);
  });
});

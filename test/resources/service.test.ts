import { expect } from "vitest";
import { file } from "../../src/resources/file.ts";
import { service, type ServiceArgs } from "../../src/resources/service.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { failure } from "../support/sshd.ts";
import { changesIn, walk } from "../support/walk.ts";

const UNIT = "haproxy.service";
const CONFIG = "/etc/haproxy.cfg";
const wanted = (more: Partial<ServiceArgs> = {}) => [service({ unit: UNIT, reads: [CONFIG], ...more })];

/** A unit that runs, is enabled, and was started a minute after its file was written. */
async function running(machine: ThrowAwayMachine): Promise<void> {
  machine.write(`/etc/systemd/system/${UNIT}`, "[Service]\n[Install]\n");
  machine.write(CONFIG, "global\n");
  machine.age(CONFIG, 120);
  await machine.connection.run(`systemctl enable ${UNIT}; systemctl start ${UNIT}`);
  for (const which of ["active", "changed"]) machine.age(`/fakes/units/${UNIT}.${which}`, 60);
}

const startedAgo = async (machine: ThrowAwayMachine) =>
  Number((await machine.host.read(`echo $(($(date +%s) - $(stat -c %Y /fakes/units/${UNIT}.active)))`)).stdout);

machineStory(
  "a service that is younger than what it reads is left alone, also on Guam, whose time zone date(1) cannot read",
  async (machine) => {
    await running(machine);
    expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
    expect(await startedAgo(machine)).toBeGreaterThanOrEqual(60);
  },
);

machineStory(
  "the first drop-in of a unit that systemd 252 has loaded is loaded too, though it reports none",
  async (machine) => {
    await running(machine);
    machine.write("/fakes/systemd-252", "");
    machine.write(`/etc/systemd/system/${UNIT}.d/tripod.conf`, "[Service]\nRestart=always\n");
    machine.age(`/etc/systemd/system/${UNIT}.d/tripod.conf`, 90);
    expect(changesIn(await walk(machine.host, wanted()))).toEqual([
      { field: "unit", from: "systemd has an older version loaded", to: "reloaded" },
    ]);
    expect((await machine.host.read(`systemctl show -p DropInPaths --value ${UNIT}`)).stdout).toContain("tripod.conf");
    await machine.connection.run(`systemctl stop ${UNIT}; rm -r /etc/systemd/system/${UNIT}.d`);
    machine.write(`/etc/systemd/system/${UNIT}.d/other.conf`, "[Service]\n");
    await walk(machine.host, wanted());
    expect(changesIn(await walk(machine.host, wanted(), "plan"))).toEqual([]);
  },
);

machineStory(
  "a package's unit that systemd has loaded is not started in the place of the one that replaces it",
  async (machine) => {
    machine.write("/usr/lib/systemd/system/haproxy.service", "[Service]\n[Install]\n");
    // Enabled by the package, it has been loaded with multi-user.target. systemd reports no need of a reload for another file.
    machine.write(`/fakes/units/${UNIT}.fragment`, "/usr/lib/systemd/system/haproxy.service\n");
    machine.write(`/etc/systemd/system/${UNIT}`, "[Service]\n[Install]\n");
    await walk(machine.host, wanted());
    const { stdout } = await machine.host.read(`systemctl show -p FragmentPath --value ${UNIT}`);
    expect(stdout).toBe(`/etc/systemd/system/${UNIT}\n`);
  },
);

machineStory(
  "a file that was written by a run which died before the restart makes the next run restart",
  async (machine) => {
    await running(machine);
    machine.age(CONFIG, 30);
    expect(changesIn(await walk(machine.host, wanted()))).toEqual([
      { field: "restarted", from: `${UNIT} is older than ${CONFIG}`, to: "again" },
    ]);
    expect(await startedAgo(machine)).toBeLessThan(60);
  },
);

machineStory("a plan foresees the restart that a changed file will bring", async (machine) => {
  await running(machine);
  const changed = file({ path: CONFIG, content: "global\n  daemon\n", mode: 0o644 });
  const plan = changesIn(await walk(machine.host, [changed, ...wanted()], "plan"));
  expect(plan.map(({ field }) => field)).toEqual(["content", "restarted"]);
  expect(changesIn(await walk(machine.host, [changed, ...wanted()]))).toEqual(plan);
});

machineStory("a service that can reload keeps its process", async (machine) => {
  await running(machine);
  machine.age(CONFIG, 30);
  expect(changesIn(await walk(machine.host, wanted({ reloads: true }))).map(({ field }) => field)).toEqual([
    "reloaded",
  ]);
  expect(await startedAgo(machine)).toBeGreaterThanOrEqual(60);
  expect(changesIn(await walk(machine.host, wanted({ reloads: true })))).toEqual([]);
});

machineStory("a unit whose text has changed is reloaded without a restart", async (machine) => {
  await running(machine);
  machine.write(`/etc/systemd/system/${UNIT}.d/more.conf`, "[Service]\nRestart=always\n");
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([
    { field: "unit", from: "systemd has an older version loaded", to: "reloaded" },
  ]);
  expect(await startedAgo(machine)).toBeGreaterThanOrEqual(60);
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
});

machineStory("restarts wait for their turn, starts do not", async (machine) => {
  await running(machine);
  const turns: string[] = [];
  const alone: ServiceArgs["alone"] = async (work) => {
    turns.push("mine");
    return work();
  };
  await machine.connection.run(`systemctl stop ${UNIT}`);
  await walk(machine.host, wanted({ alone }));
  expect(turns).toEqual([]);
  machine.age(CONFIG, -60);
  machine.age(`/fakes/units/${UNIT}.active`, 60);
  await failure(walk(machine.host, wanted({ alone })));
  expect(turns).toEqual(["mine"]);
});

machineStory("a service that does not start is reported with its own log", async (machine) => {
  await running(machine);
  await machine.connection.run(`systemctl stop ${UNIT}`);
  machine.write(`/fakes/broken/${UNIT}`, "");
  machine.write("/fakes/journal", "[ALERT] cannot bind socket [0.0.0.0:8443]\n");
  const error = await failure(walk(machine.host, wanted()));
  expect(error).toMatchObject({ code: "E_COMMAND", details: { host: "m1" } });
  expect(error.details.why).toContain("cannot bind socket [0.0.0.0:8443]");
  expect(error.details.why).toContain(`systemctl start ${UNIT}`);
});

machineStory("a unit that has no file is missing, not disabled", async (machine) => {
  const plan = changesIn(await walk(machine.host, wanted(), "plan"));
  expect(plan).toEqual([
    { field: "enabled", from: "absent", to: "enabled" },
    { field: "running", from: "inactive", to: "active" },
  ]);
});

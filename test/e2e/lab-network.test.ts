import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { withLab } from "../../src/lab/overrides.ts";
import { labDown, labSsh, labStatus } from "../../src/lab/index.ts";
import { sshCommand } from "../../src/lab/ssh.ts";
import { asFound, changesSince, type Found } from "../support/as-found.ts";
import { routedCluster } from "../support/lab.ts";
import { type CabledMachine, cabledMachine, must } from "../support/cable.ts";
import { because, missingPrograms, run } from "../support/programs.ts";

const NAME = `routed-${process.pid}`;
const cluster = routedCluster(NAME);
const quiet = { progress: () => undefined };

const reason =
  process.getuid?.() === 0
    ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh", "sysctl")
    : "only root makes a lab";

describe.skipIf(reason)(`a lab of an inventory with subnets and a bastion${because(reason)}`, () => {
  const home = mkdtempSync(join(tmpdir(), "tripod-test-"));
  let before: Found;
  let machine: CabledMachine;

  beforeAll(() => {
    vi.stubEnv("XDG_STATE_HOME", home);
    before = asFound(NAME);
    machine = cabledMachine(`machine-${process.pid}`);
  });
  afterAll(async () => {
    await labDown(cluster, quiet);
    machine[Symbol.dispose]();
    rmSync(home, { recursive: true });
  });

  /** What a shell on a host answers, asked from the machine. */
  const on = (host: string, command: string): string => must(...machine.inside(...labSsh(cluster, host, [command])));

  test("comes up with all its networks, its bastion among the hosts", async () => {
    must(...machine.inside(process.execPath, "--import", "tsx", "test/support/lab-up.ts", NAME, "routed"));
    expect((await labStatus(cluster)).map(({ name, role, address, ssh }) => [name, role, address, ssh])).toEqual([
      ["m1", "master", "203.0.113.11", true],
      ["bastion", "bastion", "198.51.100.5", true],
    ]);
  });

  test("has the inventory's interfaces, addresses, users and ports", () => {
    expect(on("m1", "hostname; id -un; sudo -n id -un; ip -4 -o address | awk '{print $2, $4}'").split("\n")).toEqual([
      ...["m1", "ops", "root", "lo 127.0.0.1/8", "ens3 203.0.113.11/28", "eth1 192.0.2.11/24"],
    ]);
    expect(on("bastion", "hostname; id -un; echo $SSH_CONNECTION")).toMatch(
      /^bastion\njump\n198\.51\.100\.254 \d+ 198\.51\.100\.5 2200$/,
    );
  });

  test("a router joins its subnets, and nothing else", () => {
    expect(on("bastion", "ping -c1 -W2 203.0.113.11 | grep -o ttl=63")).toBe("ttl=63");
    expect(on("m1", "ping -c1 -W2 198.51.100.5 | grep -o ttl=63")).toBe("ttl=63");
    expect(on("m1", "ping -c1 -W1 100.64.0.1 >/dev/null 2>&1 || echo unreachable")).toBe("unreachable");
    expect(changesSince(before, NAME).filter((line) => line.includes("settings: net"))).toEqual([]); // so forwarding is on in the lab alone
  });

  test("a machine behind the bastion is reached through it, and in no other way", () => {
    expect(on("m1", "echo $SSH_CONNECTION")).toMatch(/^198\.51\.100\.5 \d+ 192\.0\.2\.11 2222$/);
    const master = withLab(cluster).masters[0];
    expect(master?.ssh).toMatchObject({ address: "192.0.2.11", bastion: { address: "198.51.100.5", user: "jump" } });
    for (const address of ["203.0.113.11", "192.0.2.11", "203.0.113.10"]) {
      const [program = "", ...args] = sshCommand(NAME, { address, port: 2222, user: "ops" }, ["true"]);
      expect(run(program, ...args).said).toContain("Network is unreachable");
    }
  });

  test("not one packet for any of these addresses leaves the operator's machine", () => {
    expect(machine.packets()).toBe(0);
    run(...machine.inside("ssh-keyscan", "-T", "1", "203.0.113.11"));
    expect(machine.packets()).toBeGreaterThan(0); // so it would have been noticed
  });

  test("is removed completely", async () => {
    machine[Symbol.dispose]();
    await labDown(cluster, quiet);
    const changes = changesSince(before, NAME);
    machine = cabledMachine(`machine-${process.pid}`);
    expect(changes).toEqual([]);
  });
});

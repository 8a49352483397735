import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { withLab } from "../../src/lab/overrides.ts";
import { labDown, labSsh, labStatus } from "../../src/lab/index.ts";
import { sshCommand } from "../../src/lab/ssh.ts";
import { asFound, changesSince, type Found } from "../support/as-found.ts";
import { routedCluster } from "../support/lab.ts";
import { because, missingPrograms, run } from "../support/programs.ts";

const NAME = `routed-${process.pid}`;
const cluster = routedCluster(NAME);
const quiet = { progress: () => undefined };

/** A network namespace that plays the operator's machine: its default route is a cable on which every packet is counted. */
const MACHINE = `machine-${process.pid}`;
const inMachine = (...argv: string[]) => ["nsenter", `--net=/run/netns/${MACHINE}`, ...argv] as const;
const CABLE = `
sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link set lo up
ip link add cable type veth peer name socket
ip link set socket up
ip address add 10.255.255.1/32 dev cable
ip link set cable arp off up
ip route add default dev cable`;

const reason =
  process.getuid?.() === 0
    ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh", "sysctl")
    : "only root makes a lab";

describe.skipIf(reason)(`a lab of an inventory with subnets and a bastion${because(reason)}`, () => {
  const home = mkdtempSync(join(tmpdir(), "tripod-test-"));
  let before: Found;

  beforeAll(() => {
    vi.stubEnv("XDG_STATE_HOME", home);
    before = asFound(NAME);
    must("ip", "netns", "add", MACHINE);
    must(...inMachine("sh", "-ec", CABLE));
  });
  afterAll(async () => {
    await labDown(cluster, quiet);
    must("ip", "netns", "delete", MACHINE);
    rmSync(home, { recursive: true });
  });

  function must(program: string, ...args: string[]): string {
    const { code, said } = run(program, ...args);
    expect(code, said).toBe(0);
    return said.trim();
  }

  /** What a shell on a host answers, asked from the machine. */
  const on = (host: string, command: string): string => must(...inMachine(...labSsh(cluster, host, [command])));

  /** How many packets have left the machine. */
  function packets(): number {
    const [cable] = JSON.parse(must(...inMachine("ip", "-json", "-stats", "link", "show", "cable"))) as [
      { stats64: { tx: { packets: number } } },
    ];
    return cable.stats64.tx.packets;
  }

  test("comes up with all its networks, its bastion among the hosts", async () => {
    must(...inMachine(process.execPath, "--import", "tsx", "test/support/lab-up.ts", NAME, "routed"));
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
    expect(packets()).toBe(0);
    run(...inMachine("ssh-keyscan", "-T", "1", "203.0.113.11"));
    expect(packets()).toBeGreaterThan(0); // so it would have been noticed
  });

  test("leaves nothing behind", async () => {
    must("ip", "netns", "delete", MACHINE);
    await labDown(cluster, quiet);
    const changes = changesSince(before, NAME);
    must("ip", "netns", "add", MACHINE);
    expect(changes).toEqual([]);
  });
});

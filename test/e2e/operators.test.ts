import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { loadCluster } from "../../src/inventory/load.ts";
import { labDown, labUp } from "../../src/lab/index.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { atTerminal, CTRL_C } from "../support/terminal.ts";
import { tripod, tripodMust } from "../support/tripod.ts";

/** What an apply of the whole would upload: preflight only looks whether it is there. */
const PROGRAMS = ["kubeadm", "kubelet", "kubectl"];

/** One bare machine is enough to stand in each other's way; what needs no software is what is applied to it. */
const INVENTORY = `name: operators
kubernetes: { version: "1.36.3", tolerate: [NumCPU, Mem, SystemVerification], kubelet: { failCgroupV1: false } }
loadBalancer: { vip: 10.67.0.10 }
preflight: { tolerate: [etcd-version] }
software: { binaries: ./bin }
ssh: { user: root }
masters: [{ name: m1, address: 10.67.0.11 }]
`;

/** A sysctl that says when it is called to change something, and goes on when it is told to. */
const SLOW_SYSCTL = `rm -f /tmp/called /tmp/go && mkfifo /tmp/called /tmp/go && cat >/usr/local/sbin/sysctl <<'END'
#!/bin/sh
case "$*" in *-qw*) echo >/tmp/called; read -r _ </tmp/go;; esac
exec /usr/sbin/sysctl "$@"
END
chmod 755 /usr/local/sbin/sysctl; /usr/sbin/sysctl -qw net.ipv4.ip_forward=0`;

const reason =
  process.getuid?.() === 0
    ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh", "script")
    : "only root makes a lab";

describe.skipIf(reason)(`operators${because(reason)}`, () => {
  let folder: string;
  let inventory: string;
  let cluster: Cluster;
  let prepare: readonly string[];
  const quiet = { progress: () => undefined };
  const on = (script: string) => tripodMust("lab", "ssh", "-i", inventory, "m1", "--", script);
  const called = () => on("cat /tmp/called");
  const letGo = () => on("echo >/tmp/go");
  const forwarding = async () => (await on("cat /proc/sys/net/ipv4/ip_forward")).trim();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tripod-operators-"));
    inventory = join(folder, "operators.yaml");
    await mkdir(join(folder, "bin"));
    for (const program of PROGRAMS) await writeFile(join(folder, "bin", program), "");
    await writeFile(inventory, INVENTORY);
    cluster = await loadCluster(inventory);
    prepare = ["apply", "--lab", "-i", inventory, "--phase", "prepare"];
    await labDown(cluster, quiet);
    await labUp(cluster, { ...quiet, hostsOnly: true });
  });
  afterAll(async () => {
    await labDown(cluster, quiet);
    await rm(folder, { recursive: true });
  });
  beforeEach(() => on(SLOW_SYSCTL));

  test("of two exactly one works, and the other is shown who it is and what they do", async () => {
    const first = tripod(...prepare, "--yes");
    await called();
    const second = await tripod(...prepare, "--yes");
    expect(second.code).toBe(25);
    expect(second.stderr).toMatch(
      /^\S+@\S+:\d+ is working on operators \(E_LOCKED\)\n {2}\| since .*: tripod apply -i \S+\n/,
    );
    expect(second.stderr).toMatch(/--break-lock \S+@\S+:\d+\n$/);
    expect((await tripod("plan", "--lab", "-i", inventory, "--phase", "prepare")).code).toBe(0);
    await letGo();
    expect((await first).code).toBe(0);
    expect(await forwarding()).toBe("1");
  });

  test("one who is killed leaves no lock behind, and the next apply continues from there", async () => {
    const first = tripod(...prepare, "--yes");
    await called();
    const { stderr } = await tripod(...prepare, "--yes");
    process.kill(Number(/@\S+:(\d+) is working/.exec(stderr)?.[1]), "SIGKILL");
    expect((await first).code).toBe(137);
    await letGo();
    // What the dead one had asked for is done all the same: its command was never cut off.
    await tripodMust(...prepare, "--yes");
    expect(await forwarding()).toBe("1");
  });

  test("--break-lock takes the lock away from the one it names", async () => {
    const first = tripod(...prepare, "--yes");
    await called();
    const { stderr } = await tripod(...prepare, "--yes");
    const owner = /--break-lock (\S+)/.exec(stderr)?.[1] ?? "";
    const second = tripod(...prepare, "--yes", "--break-lock", owner);
    await called();
    // Both wait to be let go, and both are.
    await letGo();
    expect((await second).code).toBe(0);
    await first;
  });

  test("--detailed-exitcode distinguishes drift from none", async () => {
    const plan = ["plan", "--lab", "-i", inventory, "--phase", "prepare", "--detailed-exitcode"];
    const drifted = await tripod(...plan);
    expect(drifted.code).toBe(2);
    expect(drifted.stdout).toContain("1 to change on 1 host, ");
    await on("/usr/sbin/sysctl -qw net.ipv4.ip_forward=1");
    const mended = await tripod(...plan);
    expect([mended.code, mended.stdout]).toEqual([0, expect.stringContaining("nothing to change, ")]);
  });

  test("at a terminal the plan is shown first, and nothing is changed until the answer is yes", async () => {
    const no = atTerminal(...prepare);
    await no.shows("Apply these changes to 1 host? [y/N]");
    expect(no.text).toContain("net.ipv4.ip_forward: 0 → 1");
    no.type("\n");
    expect(await no.ended).toBe(130);
    expect(no.text).toContain("not applied; nothing was changed");
    expect(await forwarding()).toBe("0");
    const yes = atTerminal(...prepare);
    await yes.shows("[y/N]");
    yes.type("y\n");
    await called();
    await letGo();
    expect(await yes.ended).toBe(0);
    expect(await forwarding()).toBe("1");
  });

  test("Ctrl-C lets running changes end, begins nothing more, and reports where it stopped", async () => {
    const apply = atTerminal(...prepare, "--yes");
    await called();
    apply.type(CTRL_C);
    await apply.shows("finishing what is running");
    await letGo();
    expect(await apply.ended).toBe(130);
    expect(apply.text).toContain("| finished: sysctl:live on m1");
    expect(apply.text).toContain("| partly done: prepare on m1");
    expect(await forwarding()).toBe("1");
  });

  test("Ctrl-C twice leaves at once, and the next apply is none the worse for it", async () => {
    const apply = atTerminal(...prepare, "--yes");
    await called();
    apply.type(CTRL_C);
    await apply.shows("finishing what is running");
    apply.type(CTRL_C);
    expect(await apply.ended).toBe(130);
    await letGo();
    await tripodMust(...prepare, "--yes");
    expect(await forwarding()).toBe("1");
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { labFolders } from "../../src/lab/folders.ts";
import type { Machine } from "../../src/inventory/cluster.ts";
import { imagesFolder, WORKLOAD_IMAGE } from "../../src/lab/images.ts";
import { labDown, labOff, labOn, labSsh, labStatus, labUp } from "../../src/lab/index.ts";
import { CONTROL_PLANE, labCluster, madeUpPrograms, tracesOf } from "../support/lab.ts";
import { because, missingPrograms, run } from "../support/programs.ts";

const NAME = `test-${process.pid}`;
const cluster = labCluster(NAME);
const quiet = { progress: () => undefined };
const up = () => labUp(cluster, { ...quiet, hostsOnly: true });

const reason =
  process.getuid?.() === 0 ? missingPrograms("lxc-start", "mmdebstrap", "ip", "ssh", "zstd") : "only root makes a lab";

describe.skipIf(reason)(`a lab${because(reason)}`, () => {
  const home = mkdtempSync(join(tmpdir(), "tripod-test-"));
  const state = join(home, "state");
  let before: string[];

  beforeAll(() => {
    mkdirSync(state);
    vi.stubEnv("XDG_STATE_HOME", state);
    before = tracesOf(NAME);
  });
  afterAll(async () => {
    await labDown(cluster, quiet);
    rmSync(home, { recursive: true });
  });

  /** What a shell on a host answers. */
  function on(host: string, command: string): string {
    const [program = "", ...args] = labSsh(cluster, host, [command]);
    const { code, said } = run(program, ...args);
    expect(code, said).toBe(0);
    return said.trim();
  }

  /** An `up` in a process of its own that is killed when it says that it starts the hosts. */
  async function killedUp(): Promise<void> {
    const child = spawn(process.execPath, ["--import", "tsx", "test/support/lab-up.ts", NAME]);
    const closed = once(child, "close");
    await Promise.race([once(child.stdout, "data"), closed]);
    child.kill("SIGKILL");
    await closed;
  }

  test("comes up as machines with systemd, the inventory's names, addresses, users and ports", async () => {
    await up();
    expect(await labStatus(cluster)).toEqual([
      { name: "m1", role: "master", address: "10.0.0.11", state: "running", ssh: true },
      { name: "w1", role: "worker", address: "10.0.0.21", state: "running", ssh: true },
    ]);
    expect(on("m1", "hostname; cat /proc/1/comm; id -un")).toBe("m1\nsystemd\nroot");
    expect(on("w1", "hostname; id -un; sudo -n id -un; ip -4 -o addr show eth0 | grep -o '10[^ ]*/24'")).toBe(
      "w1\nadmin\nroot\n10.0.0.21/24",
    );
    expect(on("m1", "cat /etc/machine-id")).not.toBe(on("w1", "cat /etc/machine-id"));
  });

  test("a second up finds nothing to do and does not disturb the hosts", async () => {
    const booted = on("m1", "cat /proc/sys/kernel/random/boot_id");
    const progress = vi.fn();
    await labUp(cluster, { progress, hostsOnly: true });
    expect(progress).not.toHaveBeenCalled();
    expect(on("m1", "cat /proc/sys/kernel/random/boot_id")).toBe(booted);
  });

  test("nothing on a host reaches the outside, the machine's clock or its kernel's settings", () => {
    expect(on("m1", "ping -c1 -W1 192.0.2.1 >/dev/null 2>&1 || echo unreachable")).toBe("unreachable");
    expect(on("m1", "date -s @0 2>&1 >/dev/null | grep -o 'not permitted'")).toBe("not permitted");
    const panic = run("cat", "/proc/sys/kernel/panic").said;
    expect(on("m1", "echo 77 >/proc/sys/kernel/panic && cat /proc/sys/kernel/panic")).toBe("77");
    expect(run("cat", "/proc/sys/kernel/panic").said).toBe(panic);
    expect(on("m1", "echo 1 2>/dev/null >/proc/sys/vm/swappiness || echo read-only")).toBe("read-only");
    expect(on("m1", "wc -l </proc/swaps")).toBe("1");
  });

  test("images made of a folder of programs run on the hosts, under the names kubeadm asks for", async () => {
    const { rootfs } = JSON.parse(readFileSync(labFolders(NAME).record, "utf8")) as { rootfs: string };
    const images = await imagesFolder(cluster, madeUpPrograms(rootfs, join(home, "programs")), rootfs, quiet);
    expect(readdirSync(images).sort()).toEqual(
      ["coredns", ...CONTROL_PLANE, "pause", "workload"].map((name) => `${name}.tar`),
    );
    for (const name of readdirSync(images)) {
      const [program = "", ...args] = labSsh(cluster, "m1", ["ctr", "-n", "k8s.io", "images", "import", "-"]);
      const { code, said } = run(
        "sh",
        "-c",
        'file=$1 && shift && exec "$@" <"$file"',
        "sh",
        join(images, name),
        program,
        ...args,
      );
      expect(code, said).toBe(0);
    }
    await rm(images, { recursive: true });
    const ctr = "ctr -n k8s.io";
    expect(on("m1", `${ctr} images ls -q`).split("\n")).toEqual(
      expect.arrayContaining([
        "registry.example/coredns/coredns:v1.14.2",
        "registry.example/pause:3.10.2",
        WORKLOAD_IMAGE,
      ]),
    );
    const proxy = `${ctr} run --rm --net-host --cap-add CAP_NET_ADMIN registry.example/kube-proxy:v1.36.3`;
    // libm, which only an extension of iptables needs, is there.
    on("m1", `${proxy} one iptables -w -A OUTPUT -m statistic --mode random --probability 0.5 -j ACCEPT`);
    expect(on("m1", `${proxy} two conntrack --version`)).toContain("conntrack");
    on("m1", `${ctr} run --detach --net-host ${WORKLOAD_IMAGE} web`);
    expect(on("m1", "curl -sS --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:8080")).not.toBe("");
    on("m1", `${ctr} task kill -s SIGKILL web`);
  });

  test("off is a power cut, and on boots again from the same disk", async () => {
    on("m1", "echo written >/root/file && sync");
    await labOff(cluster, "m1");
    expect((await labStatus(cluster)).map(({ name, state, ssh }) => [name, state, ssh])).toEqual([
      ["m1", "off", false],
      ["w1", "running", true],
    ]);
    await labOff(cluster, "m1");
    await labOn(cluster, "m1", quiet);
    expect(on("m1", "cat /root/file")).toBe("written");
  });

  test("a machine the inventory does not name is refused", async () => {
    await expect(labOff(cluster, "m9")).rejects.toMatchObject({
      code: "E_USAGE",
      details: { hint: "it names m1, w1" },
    });
  });

  test("a lab is not mistaken for that of an inventory that has changed", async () => {
    const [w1] = cluster.workers;
    const moved = { ...labCluster(NAME), machines: [...cluster.masters, { ...(w1 as Machine), address: "10.0.0.22" }] };
    await expect(labUp(moved, { ...quiet, hostsOnly: true })).rejects.toMatchObject({
      code: "E_LAB",
      details: { host: "w1", hint: "take the lab away first: tripod lab down" },
    });
  });

  test("a lab that stands on one root file system is not turned into another", async () => {
    await expect(labUp(cluster, { ...quiet, hostsOnly: true, release: "trixie" })).rejects.toMatchObject({
      code: "E_LAB",
      details: { hint: "take the lab away first: tripod lab down" },
    });
  });

  describe("leaves nothing behind", () => {
    afterEach(() => {
      expect(existsSync(labFolders(NAME).root)).toBe(false);
      expect(readdirSync(state)).toEqual([]);
      expect(tracesOf(NAME)).toEqual(before);
    });

    test("when it is taken down", async () => {
      await labDown(cluster, quiet);
      expect((await labStatus(cluster)).map(({ state }) => state)).toEqual(["absent", "absent"]);
    });

    test("when it is taken down twice", async () => {
      await labDown(cluster, quiet);
    });

    test("when its up was killed in the middle", async () => {
      await killedUp();
      await labDown(cluster, quiet);
    });

    test("when its folder was lost", async () => {
      await up();
      const { root } = labFolders(NAME);
      const elsewhere = join(home, "lost");
      await rename(root, elsewhere);
      await labDown(cluster, quiet);
      await rm(elsewhere, { recursive: true });
    });

    test("when its network was lost", async () => {
      await up();
      run("ip", "netns", "delete", `tripod.${NAME}`);
      await labDown(cluster, quiet);
    });
  });

  test("a lab of the same name in another state folder is not touched", async () => {
    await up();
    vi.stubEnv("XDG_STATE_HOME", join(home, "other"));
    await expect(up()).rejects.toMatchObject({ code: "E_LAB", message: `another lab of the name ${NAME} is up` });
    await expect(labDown(cluster, quiet)).rejects.toThrow("is up");
    vi.stubEnv("XDG_STATE_HOME", state);
    expect(on("m1", "hostname")).toBe("m1");
    await labDown(cluster, quiet);
  });

  test("an up after a killed up, a lost network or a lost folder brings a whole lab", async () => {
    await killedUp();
    await up();
    run("ip", "netns", "delete", `tripod.${NAME}`);
    await up();
    await rename(labFolders(NAME).root, join(home, "lost"));
    await up();
    expect((await labStatus(cluster)).map(({ ssh }) => ssh)).toEqual([true, true]);
  });
});

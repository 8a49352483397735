import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Base, rootOf } from "../../src/lab/base.ts";
import { labFolders } from "../../src/lab/folders.ts";
import type { Machine } from "../../src/inventory/cluster.ts";
import { imagesFolder, WORKLOAD_IMAGE } from "../../src/lab/images.ts";
import {
  labDown,
  labForget,
  labOff,
  labOn,
  labRestore,
  labSave,
  labSnapshots,
  labSsh,
  labStatus,
  labUp,
} from "../../src/lab/index.ts";
import { asFound, changesSince, type Found } from "../support/as-found.ts";
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
  let before: Found;

  beforeAll(() => {
    mkdirSync(state);
    vi.stubEnv("XDG_STATE_HOME", state);
    before = asFound(NAME);
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

  /** An `up` in a process of its own that is killed as soon as something can be seen of it on this machine. */
  async function killedUp(seen: RegExp): Promise<void> {
    const child = spawn(process.execPath, ["--import", "tsx", "test/support/lab-up.ts", NAME], { stdio: "ignore" });
    const closed = once(child, "close");
    await vi.waitFor(() => expect(tracesOf(NAME).join("\n")).toMatch(seen), { timeout: 30_000, interval: 5 });
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

  test("etcd has its own small disk on every host, empty, and with room that is nobody else's", () => {
    const mounted = "findmnt --noheadings --output SOURCE,FSTYPE --target /var/lib/etcd";
    expect(on("m1", mounted)).toMatch(/^\/dev\/loop\d+ +ext4$/);
    expect(on("w1", mounted)).not.toBe(on("m1", mounted));
    expect(on("m1", "stat --format=%U:%G:%a /var/lib/etcd; ls -A /var/lib/etcd")).toBe("etcd:etcd:700");
    const full = "dd if=/dev/zero of=/var/lib/etcd/ballast bs=1M 2>&1 | grep -o 'No space left'";
    expect(on("m1", `${full}; df --output=avail /var/lib/etcd /var/lib/kubelet | tail -n2`)).toMatch(
      /^No space left\n *\d{1,4}\n *\d{6,}$/,
    );
    on("m1", "rm /var/lib/etcd/ballast");
  });

  test("images made of a folder of programs run on the hosts, under the names kubeadm asks for", async () => {
    const base = JSON.parse(readFileSync(labFolders(NAME).record, "utf8")) as Base;
    const { rootfs } = rootOf(base, "m1");
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
    on("m1", "echo written | tee /root/file /var/lib/etcd/file && sync");
    await labOff(cluster, "m1");
    expect((await labStatus(cluster)).map(({ name, state, ssh }) => [name, state, ssh])).toEqual([
      ["m1", "off", false],
      ["w1", "running", true],
    ]);
    await labOff(cluster, "m1");
    await labOn(cluster, "m1", quiet);
    expect(on("m1", "cat /root/file /var/lib/etcd/file && rm /var/lib/etcd/file")).toBe("written\nwritten");
  });

  describe("snapshots", () => {
    const file = "/root/file /var/lib/etcd/file /var/lib/kubelet/file";

    test("bring every disk back as it was saved, whatever has been written since", async () => {
      on("m1", `echo saved | tee ${file}`);
      on("w1", "echo saved >here");
      await labSave(cluster, "good", quiet);
      expect(on("m1", `cat ${file}`)).toBe("saved\nsaved\nsaved");
      on("m1", `echo spoilt | tee ${file}`);
      on("w1", "rm here");
      await labRestore(cluster, "good", quiet);
      expect(on("m1", `cat ${file}`)).toBe("saved\nsaved\nsaved");
      expect(on("w1", "cat here")).toBe("saved");
    });

    test("bring images and containers back as well", () => {
      // The container that served before the power cut, on the layers it had.
      on("m1", "ctr -n k8s.io task rm --force web; ctr -n k8s.io task start --detach web");
      expect(on("m1", "curl -sS --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:8080")).not.toBe("");
      on("m1", "ctr -n k8s.io task kill -s SIGKILL web");
    });

    test("outlive the lab, and are listed", async () => {
      await labDown(cluster, quiet);
      expect((await labSnapshots(cluster)).map(({ name, hosts }) => [name, hosts])).toEqual([["good", ["m1", "w1"]]]);
      await labRestore(cluster, "good", quiet);
      expect(on("m1", `cat ${file} && rm ${file}`)).toBe("saved\nsaved\nsaved");
    });

    test("are not overwritten, and not invented", async () => {
      const message = `the lab ${NAME} already has a snapshot good`;
      await expect(labSave(cluster, "good", quiet)).rejects.toMatchObject({ code: "E_LAB", message });
      await expect(labRestore(cluster, "bad", quiet)).rejects.toMatchObject({
        details: { hint: "the snapshots are good" },
      });
      await expect(labSave(cluster, "../x", quiet)).rejects.toMatchObject({ code: "E_USAGE" });
    });

    test("go when they are forgotten", async () => {
      await labForget(cluster, "good", quiet);
      expect(await labSnapshots(cluster)).toEqual([]);
    });
  });

  test("a machine the inventory does not name is refused", async () => {
    await expect(labOff(cluster, "m9")).rejects.toMatchObject({
      code: "E_USAGE",
      details: { hint: "the machines are m1, w1" },
    });
  });

  test("a lab is not mistaken for that of an inventory that has changed", async () => {
    const [w1] = cluster.workers;
    const moved = { ...labCluster(NAME), machines: [...cluster.masters, { ...(w1 as Machine), address: "10.0.0.22" }] };
    await expect(labUp(moved, { ...quiet, hostsOnly: true })).rejects.toMatchObject({
      code: "E_LAB",
      details: { host: "w1", hint: "remove the lab first: tripod lab down -i FILE" },
    });
  });

  test("a lab that uses one root file system is not turned into another", async () => {
    await expect(labUp(cluster, { ...quiet, hostsOnly: true, release: "trixie" })).rejects.toMatchObject({
      code: "E_LAB",
      details: { hint: "remove the lab first: tripod lab down -i FILE" },
    });
  });

  describe("is removed completely", () => {
    afterEach(() => {
      expect(existsSync(labFolders(NAME).root)).toBe(false);
      expect(readdirSync(state)).toEqual([]);
      expect(changesSince(before, NAME)).toEqual([]);
    });

    test("when it is taken down", async () => {
      await labDown(cluster, quiet);
      expect((await labStatus(cluster)).map(({ state }) => state)).toEqual(["absent", "absent"]);
    });

    test("when it is taken down twice", async () => {
      await labDown(cluster, quiet);
    });

    test.each([
      ["its network was there", /^tripod\.test/m],
      ["its first disk was mounted", /etcd\.ext4/],
      ["its first host had begun to boot", /lxc\.payload/],
    ])("when its up was killed as soon as %s", async (_, seen) => {
      await killedUp(seen);
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
    await expect(up()).rejects.toMatchObject({
      code: "E_LAB",
      message: `another lab with the name ${NAME} is running`,
    });
    await expect(labDown(cluster, quiet)).rejects.toThrow("is running");
    vi.stubEnv("XDG_STATE_HOME", state);
    expect(on("m1", "hostname")).toBe("m1");
    await labDown(cluster, quiet);
  });

  test("an up after a killed up, a lost network or a lost folder brings a whole lab", async () => {
    await killedUp(/lxc\.payload/);
    await up();
    run("ip", "netns", "delete", `tripod.${NAME}`);
    await up();
    await rename(labFolders(NAME).root, join(home, "lost"));
    await up();
    expect((await labStatus(cluster)).map(({ ssh }) => ssh)).toEqual([true, true]);
  });
});

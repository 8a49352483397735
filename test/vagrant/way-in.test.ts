import { rmSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TripodError } from "../../src/errors.ts";
import type { Cluster, Machine, SshTarget } from "../../src/inventory/cluster.ts";
import { testCluster, testMachine } from "../support/cluster.ts";
import { FakeVagrant } from "../support/fake-vagrant.ts";
import { failure, newKey, type Sshd, startSshd } from "../support/sshd.ts";

const { signal } = new AbortController();
const KEY = newKey();

let vagrant: FakeVagrant;
let cluster: Cluster;

beforeEach(() => {
  vagrant = new FakeVagrant();
  const machines = [
    testMachine("m1", "192.168.56.11", "master"),
    testMachine("w1", "192.168.56.21", "worker"),
  ] as const;
  cluster = {
    ...testCluster({ loadBalancer: { vip: "192.168.56.10" }, masters: [machines[0]], workers: [machines[1]] }),
    vagrant: vagrant.folder,
  };
  vi.stubEnv("PATH", `${vagrant.bin}:${process.env.PATH ?? ""}`);
  vi.stubEnv("VAGRANT_DOTFILE_PATH", undefined);
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(vagrant.root, { recursive: true });
});

/** The way to one machine, after Vagrant was asked for both. */
async function wayTo(name: string): Promise<SshTarget> {
  const { askVagrant } = await import("../../src/vagrant/machines.ts");
  const locate = await askVagrant(cluster, vagrant.folder, cluster.machines, signal);
  return (await locate(cluster.machines.find((machine) => machine.name === name) as Machine)).ssh;
}

describe("SSH to Vagrant's machines", () => {
  test("is what `vagrant ssh-config` prints, with the keys that Vagrant has made for each", async () => {
    vagrant.up("m1", { port: 2222 }, `${KEY.public} root@m1\n`);
    const elsewhere = { address: "192.168.121.7", port: 22, user: "admin", identityFiles: ["/a b/key", "/c"] };
    vagrant.up("w1", elsewhere, `${KEY.public} root@w1\n`);
    expect(await wayTo("m1")).toEqual({
      address: "127.0.0.1",
      port: 2222,
      user: "vagrant",
      identityFiles: [join(vagrant.folder, ".vagrant/machines/m1/virtualbox/private_key")],
      agent: false,
      knownHostsFiles: [join(vagrant.folder, ".vagrant/machines/m1/virtualbox/tripod_known_hosts")],
    });
    expect(await wayTo("w1")).toMatchObject(elsewhere);
  });

  test("costs one call of Vagrant for all machines, and the first time one for each machine's host keys", async () => {
    vi.stubEnv("VAGRANT_CWD", "/somewhere/else");
    vagrant.up("m1", {}, `${KEY.public} root@m1\n`);
    vagrant.up("w1", {}, `${KEY.public} root@m1\n`);
    const told = `${vagrant.folder} ${cluster.file}`;
    const asking = `${told} ssh-config --machine-readable m1 w1`;
    await wayTo("m1");
    expect(vagrant.calls()).toEqual([asking, `${told} ssh m1 --no-tty --command cat /etc/ssh/ssh_host_*_key.pub`]);
    await wayTo("m1");
    expect(vagrant.calls()).toEqual([asking]);
  });

  test("fails for a machine that is not running, with the command that starts it; the others are reached", async () => {
    vagrant.up("w1", {}, `${KEY.public} root@w1\n`);
    expect((await wayTo("w1")).user).toBe("vagrant");
    const error = await failure(wayTo("m1"));
    expect(error).toMatchObject({ code: "E_UNREACHABLE", message: "Vagrant reports that it is not running" });
    expect(error.details).toMatchObject({
      host: "m1",
      hint: `VAGRANT_CWD='${vagrant.folder}' INVENTORY='${cluster.file}' vagrant up m1`,
    });
  });

  test("fails with Vagrant's own error if the Vagrantfile cannot be read", async () => {
    vagrant.breakVagrantfile();
    expect((await failure(wayTo("m1"))).details.why).toBe("There was an error\nloading a Vagrantfile, sorry.");
  });

  test("fails with the name of the package if Vagrant is not installed", async () => {
    rmSync(join(vagrant.bin, "vagrant"));
    vi.stubEnv("PATH", vagrant.bin);
    const { runProgram } = await import("../../src/process.ts");
    if ((await runProgram(["sh", "-c", "command -v vagrant"])).code === 0) return;
    expect((await failure(wayTo("m1"))).details.hint).toContain("Debian's package is vagrant");
  });

  test("needs an address and a port", async () => {
    const { parseSshConfig } = await import("../../src/vagrant/ssh-config.ts");
    const block = "Host m1\n  HostName m1\n  User vagrant\n  Port 22\n  ProxyCommand ssh host nc %h %p\n";
    expect(() => parseSshConfig(block)).toThrow("Vagrant connects to a machine in a way that Tripod does not support");
  });
});

const keyOf = ({ hostKeys }: Sshd): string => hostKeys[0]?.public ?? "";

describe("a host key of Vagrant's machines", () => {
  async function read(): Promise<string> {
    const { withSession } = await import("../../src/session.ts");
    return withSession(
      { ...cluster, workers: [], machines: cluster.masters },
      { signal },
      async ([host]) => (await (host as NonNullable<typeof host>).read("echo here")).stdout,
    );
  }

  test("is the one that Vagrant has read, whatever port the machine has now", async () => {
    const first = await startSshd();
    vagrant.up("m1", first.target(), `${keyOf(first)} root@m1\n`);
    expect(await read()).toBe("here\n");
    const later = await startSshd({ hostKeys: first.hostKeys });
    vagrant.up("m1", later.target(), "");
    expect(await read()).toBe("here\n");
  });

  test("is refused if it differs from the recorded one, until the machine is destroyed", async () => {
    const genuine = await startSshd();
    vagrant.up("m1", genuine.target(), `${keyOf(genuine)} root@m1\n`);
    await read();
    const another = await startSshd();
    vagrant.up("m1", another.target(), `${keyOf(another)} root@m1\n`);
    const { errors } = (await failure(read())) as unknown as { errors: TripodError[] };
    expect(errors).toMatchObject([{ code: "E_HOST_KEY", message: "its host key has changed" }]);
    vagrant.destroy("m1");
    vagrant.up("m1", another.target(), `${keyOf(another)} root@m1\n`);
    expect(await read()).toBe("here\n");
  });

  test("is recorded without an address", async () => {
    vagrant.up("m1", {}, `${KEY.public} root@m1\nbash: something that is no key\n`);
    vagrant.up("w1", {}, `${KEY.public} root@m1\nbash: something that is no key\n`);
    const [file = ""] = (await wayTo("m1")).knownHostsFiles;
    expect(readFileSync(file, "utf8")).toBe(`* ${KEY.public}\n`);
  });
});

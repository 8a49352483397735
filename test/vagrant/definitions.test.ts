import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { expectGolden } from "../support/golden.ts";
import { because, missingPrograms } from "../support/programs.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "tripod-test-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const noRuby = missingPrograms("ruby");
const BRIDGE = "tripod0,192.168.56.1";

/** What the Vagrantfile tells Vagrant of the sample inventory, or of one that differs from it. */
function ask(words: readonly string[], env: NodeJS.ProcessEnv = {}, edit?: (text: string) => string) {
  const inventory = join(folder, "inventory.yaml");
  const text = readFileSync(join(root, "inventories/vagrant.yaml"), "utf8");
  writeFileSync(inventory, edit?.(text) ?? text);
  const { stdout, stderr } = spawnSync("ruby", [join(root, "test/vagrant/ask.rb"), ...words], {
    encoding: "utf8",
    env: { ...process.env, INVENTORY: inventory, ...env },
  });
  return { said: stdout, error: stderr };
}

function problems(provider: string, edit?: (text: string) => string, env?: NodeJS.ProcessEnv): string {
  const { said, error } = ask(["problems", ...provider.split(" ")], env, edit);
  expect(error).toBe("");
  return said;
}

describe.skipIf(noRuby)(`the Vagrantfile${because(noRuby)}`, () => {
  test.each(["virtualbox", "libvirt", "lxc"])("defines the sample inventory's machines for %s", (provider) => {
    expectGolden(`vagrant/${provider}.txt`, ask(["definitions", provider], { BRIDGE }).said);
  });

  test("limits containers on a machine with control groups of version 1 by their names there", () => {
    const { said } = ask(["definitions", "lxc"], { BRIDGE, CGROUPS: "1" });
    expect(said).toContain('lxc.customize "cgroup.memory.limit_in_bytes", "2048M"');
    expect(said).toContain('lxc.customize "cgroup.cpu.cfs_quota_us", 200000');
  });

  test("gives a machine the memory, CPUs and box that replace the cluster's, key by key", () => {
    const own = "{ name: w1, address: 192.168.56.21, vagrant: { memory: 4096, box: debian/trixie64 } }";
    const { said } = ask(["definitions", "virtualbox"], {}, (text) => text.replace(/\{ name: w1.*/, own));
    const worker = said.slice(said.indexOf('define "w1"'));
    expect(worker).toContain('box= "debian/trixie64"');
    expect(worker).toContain("memory= 4096\nvirtualbox.cpus= 2");
  });

  test("uses loadBalancer.subnet as the network if the inventory sets it", () => {
    const wide = (text: string) => text.replace("vip: 192.168.56.10", "vip: 192.168.56.10\n  subnet: 192.168.56.0/22");
    expect(ask(["definitions", "libvirt"], {}, wide).said).toContain('netmask: "255.255.252.0"');
    expect(ask(["definitions", "lxc"], { BRIDGE }, wide).said).toContain('"192.168.56.11/22"');
  });
});

describe.skipIf(noRuby)(`an inventory that does not fit${because(noRuby)}`, () => {
  const elsewhere = (text: string) => text.replaceAll("192.168.56.", "10.7.3.");

  test("is refused for VirtualBox if the host-only network is not allowed", () => {
    expect(problems("virtualbox")).toBe("");
    expect(problems("virtualbox", elsewhere)).toBe(
      "VirtualBox would refuse the host-only network 10.7.3.0/24, which is outside 192.168.56.0/21. " +
        "Choose addresses in an allowed range, or add the line `* 10.7.3.0/24` to /etc/vbox/networks.conf\n",
    );
  });

  test("fits if VirtualBox's own configuration allows its network, and only then", () => {
    const file = join(folder, "networks.conf");
    writeFileSync(file, "# ours\n* 10.0.0.0/8 2001:db8::/64\n");
    expect(problems(`virtualbox ${file}`, elsewhere)).toBe("");
    expect(problems(`virtualbox ${file}`)).toContain(`192.168.56.0/24, which ${file} does not allow`);
  });

  test("is refused for LXC without a bridge, with the command that creates one", () => {
    expect(problems("lxc")).toBe(
      "no bridge of this machine has an address in 192.168.56.0/24. Create one: ip link add tripod0 type bridge && " +
        "ip address add 192.168.56.1/24 dev tripod0 && ip link set tripod0 up\n",
    );
    expect(problems("lxc", undefined, { BRIDGE })).toBe("");
  });

  test.each(["virtualbox", "libvirt", "lxc"])("is refused if a machine has %s's own address", (provider) => {
    const first = (text: string) => text.replace("192.168.56.21", "192.168.56.1");
    expect(problems(provider, first, { BRIDGE })).toMatch(
      /^w1 has 192\.168\.56\.1, which is .* own.*: choose another one\n$/,
    );
  });

  test("is refused with the machine that is outside the network", () => {
    const away = (text: string) => text.replace("192.168.56.21", "192.168.57.21");
    expect(problems("libvirt", away)).toMatch(/^w1 has 192\.168\.57\.21, which is not in 192\.168\.56\.0\/24: /);
  });

  test.each([
    ["is no YAML", () => "masters: [", "is not valid YAML"],
    ["is no map", () => "- m1", "it is not a map of keys"],
    ["names no machine", () => "name: a\nloadBalancer: { vip: 10.0.0.1 }\n", "it has no masters"],
    ["has a machine without a name", (text: string) => text.replace("name: m2, ", ""), "masters[1] has no name"],
    [
      "has an address that is none",
      (text: string) => text.replace("56.12", "56.300"),
      "192.168.56.300 is not an IPv4 address",
    ],
    [
      "counts CPUs in words",
      (text: string) => text.replace("cpus: 2", "cpus: two"),
      'masters[0] has "two" CPUs, which',
    ],
  ])("is named, with where to look, when it %s", (_, edit, told) => {
    const { error } = ask(["definitions", "virtualbox"], {}, edit);
    expect(error).toContain(told);
    expect(error).toContain("`tripod validate -i ");
  });

  test("is an error that names the file if it does not exist", () => {
    const { error } = ask(["definitions", "virtualbox"], { INVENTORY: "/no/such.yaml" });
    expect(error).toContain("The inventory /no/such.yaml cannot be read: No such file or directory.");
  });
});

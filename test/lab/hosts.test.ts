import { expect, test } from "vitest";
import { newAccounts } from "../../src/lab/accounts.ts";
import { hostConfig, wiring } from "../../src/lab/hosts.ts";
import { knownHosts } from "../../src/lab/keys.ts";
import { topology } from "../../src/lab/topology.ts";
import { testCluster, testMachine } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

/** The first master of the ordinary cluster, its SSH at an address of its own in another subnet. */
function m1() {
  const machine = testMachine("m1", "10.0.0.11", "master");
  const masters = [{ ...machine, ssh: { ...machine.ssh, address: "203.0.113.11" } }];
  const network = topology(testCluster({ masters }));
  const [station] = network.stations;
  if (!station) throw new Error("this lab has no hosts");
  return { station, wires: wiring(station, network) };
}

test("a host's LXC configuration", () => {
  const folder = "/root/.local/state/tripod/labs/prod/hosts/tripod.prod.m1";
  const view = {
    rootfs: "/root/.cache/tripod/debian-bookworm-ready-0123456789ab",
    folder,
    shared: [
      { source: "/root/.local/state/tripod/labs/prod/kernel/lib/modules", target: "usr/lib/modules" },
      { source: "/root/.cache/tripod/packages-bookworm-0123456789ab", target: "srv/packages" },
    ],
    disks: [{ source: `${folder}/disks/etcd`, target: "var/lib/etcd" }],
    kernelFiles: [{ source: `${folder}/kernel/sys.kernel.panic`, target: "proc/sys/kernel/panic" }],
  };
  expectGolden("lab/lxc.conf", hostConfig("m1", m1().wires, view));
});

test("known_hosts has every endpoint of a host, and names the port where it is not 22, as sshd(8) writes it", () => {
  expect(knownHosts({ ...m1().station, ports: [22, 2222] }, "ssh-ed25519 AAAA")).toBe(
    [
      ...["10.0.0.11 ssh-ed25519 AAAA\n", "[10.0.0.11]:2222 ssh-ed25519 AAAA\n"],
      ...["203.0.113.11 ssh-ed25519 AAAA\n", "[203.0.113.11]:2222 ssh-ed25519 AAAA\n"],
    ].join(""),
  );
});

const PASSWD = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n";

test("the inventory's users are created as ordinary ones, without a password", () => {
  expect(newAccounts(PASSWD, ["admin", "deploy"])).toEqual([
    {
      ...{ name: "admin", id: 1000 },
      passwd: "admin:x:1000:1000::/home/admin:/bin/bash\n",
      shadow: "admin:*:19000:0:99999:7:::\n",
      group: "admin:x:1000:\n",
    },
    expect.objectContaining({ name: "deploy", id: 1001 }),
  ]);
  const [after] = newAccounts(`${PASSWD}debian:x:1000:1000::/home/debian:/bin/bash\n`, ["admin"]);
  expect(after?.id).toBe(1001);
});

test("an existing user of the root file system is not changed", () => {
  expect(newAccounts(PASSWD, ["nobody"])).toEqual([]);
});

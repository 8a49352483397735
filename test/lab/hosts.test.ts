import { expect, test } from "vitest";
import { newAccount } from "../../src/lab/accounts.ts";
import { hostConfig } from "../../src/lab/hosts.ts";
import { knownHost } from "../../src/lab/keys.ts";
import { testMachine } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const m1 = testMachine("m1", "10.0.0.11", "master");

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
  expectGolden("lab/lxc.conf", hostConfig(m1, { prefix: 24, operator: "10.0.0.254" }, view));
});

test("known_hosts names the port where it is not 22, as sshd(8) writes it", () => {
  const elsewhere = { ...m1, ssh: { ...m1.ssh, port: 2222 } };
  expect(knownHost(m1, "ssh-ed25519 AAAA")).toBe("10.0.0.11 ssh-ed25519 AAAA\n");
  expect(knownHost(elsewhere, "ssh-ed25519 AAAA")).toBe("[10.0.0.11]:2222 ssh-ed25519 AAAA\n");
});

const PASSWD = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n";

test("the inventory's user is made as an ordinary one, without a password", () => {
  expect(newAccount(PASSWD, "admin")).toEqual({
    id: 1000,
    passwd: "admin:x:1000:1000::/home/admin:/bin/bash\n",
    shadow: "admin:*:19000:0:99999:7:::\n",
    group: "admin:x:1000:\n",
  });
  expect(newAccount(`${PASSWD}debian:x:1000:1000::/home/debian:/bin/bash\n`, "admin")?.id).toBe(1001);
});

test("a user the root file system has already is left alone", () => {
  expect(newAccount(PASSWD, "nobody")).toBeUndefined();
});

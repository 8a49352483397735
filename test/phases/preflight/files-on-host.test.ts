import { expect } from "vitest";
import { sysctlsKept, vipNotInFiles } from "../../../src/phases/preflight/other-files.ts";
import type { Check } from "../../../src/phases/preflight/check.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import type { ThrowAwayMachine } from "../../support/machine.ts";
import { machineStory } from "../../support/machine-story.ts";

const cluster = testCluster();
const found = async (check: Check, { host }: ThrowAwayMachine) =>
  (await check.examine(host, testContext(cluster, [host]))).map(({ message }) => message);

machineStory(
  "the VIP is found in the files of netplan and ifupdown, but not in a comment, nor an address like it",
  async (m) => {
    m.write("/etc/netplan/50.yaml", "addresses:\n  # 10.0.0.10/24\n  - 10.0.0.101/24\n  - 10.0.0.10/24\n");
    m.write("/etc/network/interfaces.d/vip", "iface eth0 inet static\n  address 10.0.0.10\n");
    expect(await found(vipNotInFiles, m)).toEqual([
      "the VIP 10.0.0.10 is in /etc/netplan/50.yaml:4, /etc/network/interfaces.d/vip:2",
    ]);
  },
);

machineStory("settings are read as systemd applies them: by name, the first folder's file alone", async (m) => {
  m.write("/etc/sysctl.d/99-a.conf", "net.ipv4.ip_forward=1\n");
  m.write("/run/sysctl.d/99-a.conf", "net.ipv4.ip_forward=0\n");
  m.write("/run/sysctl.d/95-b.conf", "# net.ipv4.ip_forward=0\n  net/bridge/bridge-nf-call-iptables = 0\n");
  expect(await found(sysctlsKept, m)).toEqual([
    "/run/sysctl.d/95-b.conf:2 sets net.bridge.bridge-nf-call-iptables to 0; the cluster needs 1",
  ]);
});

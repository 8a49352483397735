import { expect, test } from "vitest";
import { sysctlsKept, vipNotInFiles } from "../../../src/phases/preflight/other-files.ts";
import { findings, problems } from "./fit.ts";

const saying = (said: string) => ({ answer: () => said });

test("a VIP that a file of the host sets is named with file and line", async () => {
  const found = await problems(vipNotInFiles, { m2: saying("/etc/netplan/50-cloud-init.yaml:9:  - 10.0.0.10/24\n") });
  expect(found).toMatchObject([
    { name: "m2", problem: { message: "the VIP 10.0.0.10 is in /etc/netplan/50-cloud-init.yaml:9" } },
  ]);
  expect(found[0]?.problem.hint).toContain("remove it there");
});

test("a setting that a later file undoes at the next boot is named with file and line", async () => {
  const found = await problems(sysctlsKept, {
    m1: saying("/etc/sysctl.d/99-hardening.conf:12:net.ipv4.ip_forward = 0\n"),
    m2: saying("/usr/lib/sysctl.d/99-vendor.conf:3:-net/ipv4/conf/all/forwarding=0\n"),
  });
  expect(found.map(({ name, problem }) => `${name}: ${problem.message}`)).toEqual([
    "m1: /etc/sysctl.d/99-hardening.conf:12 sets net.ipv4.ip_forward to 0; the cluster needs 1",
    "m2: /usr/lib/sysctl.d/99-vendor.conf:3 sets net.ipv4.ip_forward to 0; the cluster needs 1",
  ]);
  expect(found[0]?.problem.hint).toContain("/etc/sysctl.d/90-tripod.conf");
});

test("a file that is applied before ours, or that another one corrects, is left alone", async () => {
  const earlier =
    "/etc/sysctl.d/10-network.conf:1:net.ipv4.ip_forward=0\n/etc/sysctl.d/90-tripod.conf:2:net.ipv4.ip_forward = 1\n";
  const corrected =
    "/etc/sysctl.d/99-a.conf:1:net.ipv4.ip_forward=0\n/run/sysctl.d/99-b.conf:1:net.ipv4.ip_forward=1\n";
  expect(await findings(sysctlsKept, { m1: saying(earlier), m2: saying(corrected) })).toEqual([]);
});

test("ufw's own file counts last, where ufw is enabled", async () => {
  const line = "/etc/ufw/sysctl.conf:8:net/ipv4/ip_forward=0\n/etc/sysctl.d/99-a.conf:1:net.ipv4.ip_forward=1\n";
  expect(await findings(sysctlsKept, { m1: { ...saying(line), firewall: "ufw" }, m2: saying(line) })).toEqual([
    "m1: /etc/ufw/sysctl.conf:8 sets net.ipv4.ip_forward to 0; the cluster needs 1",
  ]);
});

import { expect, test } from "vitest";
import { reportDetails } from "../../src/report/details.ts";
import { report, RUNS } from "../support/reports.ts";
import { failedBootstrap, plan } from "../support/scenario.ts";

test("the text shows failures, changes, waits, and what took the time", () => {
  expect(reportDetails(report(failedBootstrap))).toMatchInlineSnapshot(`
    "tripod apply of lab, 2026-01-01 00:00:00 UTC

    FAILED w1: kubeadm join failed
    with a second line (E_COMMAND)
      in Workers, kubeadm-join:w1
      | error execution phase preflight
      → see the kubelet's journal

    m1  Prepare: changed file:/etc/hosts in 1.1 s
        --- /etc/hosts
        +++ /etc/hosts
        @@ -1,2 +1,2 @@
         127.0.0.1 localhost
        -10.0.0.9 m1
        +10.0.0.11 m1
    m2  Prepare: changed sysctl:net.ipv4.ip_forward in 0.1 s
        value: 0 → 1
    m1  etcd: changed file:/etc/etcd/etcd.env in 0.2 s
        --- /etc/etcd/etcd.env
        +++ /etc/etcd/etcd.env
        @@ -0,0 +1 @@
        +ETCD_NAME=m1
    m1  First master: changed kubeadm-init:m1 in 23 s
        node: initialised
    w1  Workers: tried to change kubeadm-join:w1
        node: joined

    m1  etcd: waited 3.5 s until etcd is healthy
        m2 has not joined (3.3 s)
        no leader yet (0.2 s)

    phase         hosts   from     to   time
    Preflight         3   0.0s   0.5s   0.5s
    Prepare           3   0.5s   2.6s   2.1s
    etcd              2   2.0s   6.2s   4.2s
    First master      1   6.2s  30.2s  24.0s
    Workers           1  30.2s  32.0s   1.8s  failed

    critical path: 30.4s of remote commands in 32.0s (1.05×)
      step          host   from     to   time  commands
      preflight       m2   0.0s   0.5s   0.5s      0.5s
      prepare         m1   0.5s   2.0s   1.5s      1.4s
      etcd            m1   2.0s   6.2s   4.2s      4.0s
      first-master    m1   6.2s  30.2s  24.0s     23.0s
      workers         w1  30.2s  32.0s   1.8s      1.6s

    apply of lab failed in 32.0s: 5 changed on 3 hosts, 2 unchanged
    "
  `);
});

test("the text of a plan shows what would change", () => {
  expect(reportDetails(report(plan))).toContain(`
m2  Prepare: would change sysctl:net.ipv4.ip_forward
    value: 0 → 1
m2  Prepare: would change swap:/dev/sdb1
    active: yes → absent
`);
});

test("a narrowed plan shows what was left out, and where an apply would stop", () => {
  const text = reportDetails(report(RUNS["narrowed plan"] ?? []));
  expect(text).toContain("UTC\nleft out: phases etcd; hosts m2\n");
  expect(text).toContain("w1  Prepare: left out, but needed by workers and not up to date: file:/etc/hosts\n");
});

test.each(Object.entries(RUNS))("the text of a %s cannot steer a terminal", (_, events) => {
  expect(reportDetails(report(events))).not.toMatch(/(?!\n)\p{Cc}/u);
});

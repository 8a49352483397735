import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { linesScreen } from "../../src/ui/lines.ts";
import { paintFor } from "../../src/ui/paint.ts";
import { bootstrap, failedBootstrap, stoppedBootstrap } from "../support/scenario.ts";
import { Recorder } from "../support/surface.ts";

function log(events: readonly RunEvent[], env: Record<string, string> = {}): string {
  const out = new Recorder();
  const screen = linesScreen(out, paintFor(out, env));
  events.forEach(screen.sink);
  return out.text;
}

test("the log of a bootstrap shows host and phase of everything", () => {
  expect(log(bootstrap)).toMatchInlineSnapshot(`
    "   0.0s  apply lab: 5 phases on 3 hosts
       0.5s      preflight     done in 0.5s
       1.9s  m1  prepare       changed file:/etc/hosts in 1.1s
               --- /etc/hosts
               +++ /etc/hosts
               @@ -1,2 +1,2 @@
                127.0.0.1 localhost
               -10.0.0.9 m1
               +10.0.0.11 m1
       2.6s  m2  prepare       changed sysctl:net.ipv4.ip_forward
               value: 0 → 1
       2.6s      prepare       done in 2.1s
       2.7s  m1  etcd          changed file:/etc/etcd/etcd.env
       2.7s  m1  etcd          waiting for etcd is healthy: m2 has not joined
       6.0s  m1  etcd          waiting for etcd is healthy: no leader yet
       6.2s      etcd          done in 4.2s
       7.0s  m1  first-master  kubeadm init: [preflight]
       9.0s  m1  first-master  kubeadm init: [wait-control-plane] \\u001b[2Jwaiting
      30.0s  m1  first-master  changed kubeadm-init:m1 in 23.3s
      30.2s      first-master  done in 24.0s
      36.0s  w1  workers       changed kubeadm-join:w1 in 5.5s
      36.0s      workers       done in 5.8s
      36.1s  apply done in 36.1s: 5 changed, 2 unchanged
    "
  `);
});

test("the log of a failure names the host, the resource and the first line of the error", () => {
  expect(log(failedBootstrap).split("\n").slice(-5)).toMatchInlineSnapshot(`
    [
      "  30.2s      first-master  done in 24.0s",
      "  32.0s  w1  workers       failed kubeadm-join:w1: kubeadm join failed",
      "  32.0s      workers       failed after 1.8s",
      "  32.0s  apply failed after 32.0s: 5 changed, 2 unchanged",
      "",
    ]
  `);
});

test("the log of a stopped run shows what was cancelled", () => {
  expect(log(stoppedBootstrap).split("\n").slice(-5)).toMatchInlineSnapshot(`
    [
      "   4.0s      etcd          cancelled",
      "   4.0s      first-master  cancelled",
      "   4.0s      workers       cancelled",
      "   4.0s  apply cancelled: 3 changed, 1 unchanged",
      "",
    ]
  `);
});

test("the log of a run that is stopping shows what it finishes first", () => {
  const [start] = bootstrap;
  const running = [
    { phase: "first-master", host: "m1", resource: "kubeadm-init:cluster" },
    { phase: "etcd", host: "m2" },
  ];
  const at = (start?.at ?? 0) + 1000;
  expect(log(start ? [start, { type: "run.stopping", at, running }] : [])).toContain(
    "   1.0s  m1  first-master  finishing first: kubeadm-init:cluster\n",
  );
});

test("a reason for waiting is printed again only when it changes", () => {
  const reasons = log(bootstrap).match(/waiting for .*/g);
  expect(reasons).toEqual([
    "waiting for etcd is healthy: m2 has not joined",
    "waiting for etcd is healthy: no leader yet",
  ]);
});

test("an escape sequence printed by a program on a host does not reach the operator's terminal", () => {
  expect(log(bootstrap)).not.toContain("\u001B");
});

test("a log has colours only with FORCE_COLOR", () => {
  expect(log(bootstrap, { FORCE_COLOR: "1" })).toContain("\u001B[32m+10.0.0.11 m1\u001B[39m");
  expect(log(bootstrap, { FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\u001B");
});

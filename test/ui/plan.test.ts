import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { paintFor } from "../../src/ui/paint.ts";
import { planScreen } from "../../src/ui/plan.ts";
import { plan } from "../support/scenario.ts";
import { Recorder } from "../support/surface.ts";

const PHASES = [
  { name: "prepare", title: "Prepare hosts", hosts: ["m1", "m2", "w1"], needs: [] },
  { name: "etcd", title: "etcd", hosts: ["m1", "m2"], needs: [] },
];
const START: RunEvent = { type: "run.start", at: 0, mode: "plan", cluster: "lab", phases: PHASES };
const END: RunEvent = { type: "run.end", at: 9, outcome: "ok", ms: 9, changed: 0, unchanged: 0, roundTrips: {} };

function shown(events: readonly RunEvent[], env: Record<string, string> = {}): string {
  const out = new Recorder();
  const screen = planScreen(out, paintFor(out, env));
  events.forEach(screen.sink);
  return out.text;
}

function change(phase: string, host: string, resource: string, ...changes: object[]): RunEvent {
  return { type: "resource.change", at: 1, phase, host, resource, changes } as RunEvent;
}

const ended = (phase: string): RunEvent => ({ type: "phase.end", at: 2, phase, outcome: "ok", ms: 2 });

test("a plan says phase by phase what would change on which host, with the whole diff, and nothing of what is well", () => {
  expect(shown(plan)).toMatchInlineSnapshot(`
    "plan lab: 5 phases on 3 hosts

    Prepare
      ~ file:/etc/hosts  on m1
          --- /etc/hosts
          +++ /etc/hosts
          @@ -1,2 +1,2 @@
           127.0.0.1 localhost
          -10.0.0.9 m1
          +10.0.0.11 m1
          mode: 0600 → 0644
      ~ file:/etc/etcd/etcd.env  on m1
          --- /etc/etcd/etcd.env
          +++ /etc/etcd/etcd.env
          @@ -0,0 +1 @@
          +ETCD_NAME=m1
      ~ sysctl:net.ipv4.ip_forward  on m2
          value: 0 → 1
      - swap:/dev/sdb1  on m2
          active: yes → absent
    "
  `);
});

test("the same change of several hosts is shown once, one that differs by itself, in the inventory's order", () => {
  const forwarding = { field: "net.ipv4.ip_forward", from: "0", to: "1" };
  const events = [
    START,
    change("prepare", "m2", "sysctl:live", forwarding),
    change("prepare", "m1", "swap:off", { field: "swap in use", from: "/dev/sdb1", to: "off" }),
    change("prepare", "m1", "sysctl:live", forwarding),
    change("prepare", "w1", "sysctl:live", { ...forwarding, from: "missing" }),
    END,
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "plan lab: 2 phases on 3 hosts

    Prepare hosts
      ~ swap:off  on m1
          swap in use: /dev/sdb1 → off
      ~ sysctl:live  on m1, m2
          net.ipv4.ip_forward: 0 → 1
      ~ sysctl:live  on w1
          net.ipv4.ip_forward: missing → 1
    "
  `);
});

test("what is made, changed and taken away is told apart; what is secret or not known yet is said to change", () => {
  const events = [
    START,
    change("prepare", "m1", "package:installed", { field: "package", from: "absent", to: "etcd-server" }),
    change(
      "prepare",
      "m1",
      "file:/etc/etcd/pki/ca.key",
      { field: "content", from: "*** (different)", to: "***" },
      { field: "owner", from: "root:root", to: "etcd:etcd" },
    ),
    change("prepare", "m1", "file:/etc/containerd/config.toml", {
      field: "content",
      from: "absent",
      to: "(known after apply)",
    }),
    change("prepare", "m1", "bootstrap-token:none left", { field: "token", from: "abcdef", to: "absent" }),
    END,
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "plan lab: 2 phases on 3 hosts

    Prepare hosts
      + package:installed  on m1
          package: etcd-server
      ~ file:/etc/etcd/pki/ca.key  on m1
          content: *** (different) → ***
          owner: root:root → etcd:etcd
      + file:/etc/containerd/config.toml  on m1
          content: (known after apply)
      - bootstrap-token:none left  on m1
          token: abcdef → absent
    "
  `);
});

test("phases stand in their order, whichever is known first, and each is printed as soon as it can be", () => {
  const member = change("etcd", "m1", "etcd-member:own", { field: "running", from: "inactive", to: "active" });
  const early = shown([START, member, ended("etcd")]);
  expect(early).not.toContain("etcd-member");
  const all = shown([START, member, ended("etcd"), change("prepare", "m1", "swap:off"), ended("prepare")]);
  expect(all.indexOf("swap:off")).toBeLessThan(all.indexOf("etcd-member"));
});

test("a plan that was narrowed tells which needs are not met, and one that failed where", () => {
  const events: RunEvent[] = [
    START,
    {
      type: "need.unmet",
      at: 1,
      phase: "prepare",
      host: "m1",
      neededBy: ["etcd"],
      missing: ["swap:off", "sysctl:live"],
    },
    {
      type: "step.fail",
      at: 2,
      phase: "etcd",
      host: "m2",
      errors: [{ code: "E_COMMAND", message: "no\nanswer" }],
    },
    END,
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "plan lab: 2 phases on 3 hosts

    Prepare hosts
      ! left out on m1, but needed by etcd and not as it should be: swap:off, sysctl:live

    etcd
      failed m2: no
    "
  `);
});

test("a diff has its colours, and what a host says cannot steer the terminal", () => {
  const text = shown(plan, { FORCE_COLOR: "1" });
  expect(text).toContain("\u001B[32m+10.0.0.11 m1\u001B[39m");
  expect(text).toContain("\u001B[31m-10.0.0.9 m1\u001B[39m");
  const nasty = change("prepare", "m1", "file:/x", { field: "content", diff: "+\u001B[2Jhidden" });
  expect(shown([START, nasty, END])).not.toContain("\u001B");
});

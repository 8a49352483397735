import type { ErrorRecord, PhaseSummary, RunEvent } from "../../src/engine/events.ts";
import type { Change } from "../../src/resources/resource.ts";

const STARTED_AT = Date.UTC(2026, 0, 1);
const EVERYWHERE = ["m1", "m2", "w1"];

const PHASES: PhaseSummary[] = [
  { name: "preflight", title: "Preflight", hosts: EVERYWHERE, needs: [] },
  { name: "prepare", title: "Prepare", hosts: EVERYWHERE, needs: [{ phase: "preflight", on: "all hosts" }] },
  { name: "etcd", title: "etcd", hosts: ["m1", "m2"], needs: [{ phase: "prepare", on: "same host" }] },
  { name: "first-master", title: "First master", hosts: ["m1"], needs: [{ phase: "etcd", on: "all hosts" }] },
  {
    name: "workers",
    title: "Workers",
    hosts: ["w1"],
    needs: [
      { phase: "prepare", on: "same host" },
      { phase: "first-master", on: "all hosts" },
    ],
  },
];

const FORWARDING: Change = { field: "value", from: "0", to: "1" };
const HOSTS_FILE: Change = {
  field: "content",
  from: "127.0.0.1 localhost",
  to: "127.0.0.1 localhost\n10.0.0.11 m1",
  diff: "--- /etc/hosts\n+++ /etc/hosts\n@@ -1,2 +1,2 @@\n 127.0.0.1 localhost\n-10.0.0.9 m1\n+10.0.0.11 m1\n",
};
const NEW_FILE: Change = {
  field: "content",
  to: "ETCD_NAME=m1",
  diff: "--- /etc/etcd/etcd.env\n+++ /etc/etcd/etcd.env\n@@ -0,0 +1 @@\n+ETCD_NAME=m1\n",
};
const JOIN_FAILED: ErrorRecord = {
  code: "E_COMMAND",
  message: "kubeadm join failed\nwith a second line",
  host: "w1",
  why: "error execution phase preflight",
  hint: "see the kubelet's journal",
};

/** What one step says, at ms since the run's start. */
function on(phase: string, host: string) {
  const say =
    <T extends RunEvent["type"]>(type: T) =>
    (at: number, rest: Omit<Extract<RunEvent, { type: T }>, "type" | "at" | "phase" | "host">): RunEvent =>
      ({ type, at: STARTED_AT + at, phase, host, ...rest }) as unknown as RunEvent;
  return {
    start: (at: number) => say("step.start")(at, {}),
    command: (at: number, ms: number) => say("command")(at, { ms, code: 0 }),
    ok: (at: number, resource: string) => say("resource.ok")(at, { resource }),
    change: (at: number, resource: string, ...changes: Change[]) => say("resource.change")(at, { resource, changes }),
    applied: (at: number, resource: string, ms: number) => say("resource.applied")(at, { resource, ms }),
    fail: (at: number, during: string, error: ErrorRecord) => say("step.fail")(at, { during, errors: [error] }),
    progress: (at: number, text: string) => say("progress")(at, { text }),
    waiting: (at: number, condition: string, reason: string, ms: number) =>
      say("condition.waiting")(at, { condition, reason, ms }),
    met: (at: number, condition: string, ms: number) => say("condition.met")(at, { condition, ms }),
    end: (at: number, outcome: "ok" | "failed" | "cancelled", ms: number, changed: number, unchanged: number) =>
      say("step.end")(at, { outcome, ms, changed, unchanged }),
  };
}

const phaseStart = (at: number, phase: string): RunEvent => ({ type: "phase.start", at: STARTED_AT + at, phase });
const phaseEnd = (at: number, phase: string, ms: number, outcome: "ok" | "failed" | "cancelled" = "ok"): RunEvent => ({
  type: "phase.end",
  at: STARTED_AT + at,
  phase,
  outcome,
  ms,
});
const runStart = (mode: "plan" | "apply"): RunEvent => ({
  type: "run.start",
  at: STARTED_AT,
  mode,
  cluster: "lab",
  phases: PHASES,
});

function untilTheWorker(): RunEvent[] {
  const check = { m1: on("preflight", "m1"), m2: on("preflight", "m2"), w1: on("preflight", "w1") };
  const prepare = { m1: on("prepare", "m1"), m2: on("prepare", "m2"), w1: on("prepare", "w1") };
  const etcd = { m1: on("etcd", "m1"), m2: on("etcd", "m2") };
  const first = on("first-master", "m1");
  return [
    runStart("apply"),
    phaseStart(0, "preflight"),
    ...[check.m1.start(0), check.m2.start(0), check.w1.start(0)],
    ...[check.w1.command(300, 300), check.w1.end(300, "ok", 300, 0, 0)],
    ...[check.m1.command(400, 400), check.m1.end(400, "ok", 400, 0, 0)],
    ...[check.m2.command(500, 490), check.m2.end(500, "ok", 500, 0, 0)],
    phaseEnd(500, "preflight", 500),
    phaseStart(500, "prepare"),
    ...[prepare.m1.start(500), prepare.m2.start(500), prepare.w1.start(500)],
    ...[prepare.w1.command(1500, 1000), prepare.w1.ok(1500, "sysctl:net.ipv4.ip_forward")],
    prepare.w1.end(1500, "ok", 1000, 0, 1),
    ...[prepare.m1.change(900, "file:/etc/hosts", HOSTS_FILE), prepare.m1.command(1900, 1400)],
    ...[prepare.m1.applied(1950, "file:/etc/hosts", 1050), prepare.m1.end(2000, "ok", 1500, 1, 0)],
    phaseStart(2000, "etcd"),
    ...[etcd.m1.start(2000), etcd.m1.command(2500, 450)],
    etcd.m1.change(2500, "file:/etc/etcd/etcd.env", NEW_FILE),
    ...[prepare.m2.change(900, "sysctl:net.ipv4.ip_forward", FORWARDING), prepare.m2.command(2550, 2000)],
    ...[prepare.m2.applied(2600, "sysctl:net.ipv4.ip_forward", 90), prepare.m2.end(2600, "ok", 2100, 1, 0)],
    phaseEnd(2600, "prepare", 2100),
    ...[etcd.m2.start(2600), etcd.m1.applied(2700, "file:/etc/etcd/etcd.env", 200)],
    etcd.m1.waiting(2700, "etcd is healthy", "m2 has not joined", 0),
    etcd.m1.waiting(3700, "etcd is healthy", "m2 has not joined", 1000),
    ...[etcd.m2.ok(5900, "file:/etc/etcd/etcd.env"), etcd.m2.command(5900, 3200), etcd.m2.end(6000, "ok", 3400, 0, 1)],
    etcd.m1.waiting(6000, "etcd is healthy", "no leader yet", 3300),
    ...[etcd.m1.command(6200, 3500), etcd.m1.met(6200, "etcd is healthy", 3500), etcd.m1.end(6200, "ok", 4200, 1, 0)],
    phaseEnd(6200, "etcd", 4200),
    phaseStart(6200, "first-master"),
    ...[first.start(6200), first.change(6700, "kubeadm-init:m1", { field: "node", to: "initialised" })],
    first.progress(7000, "kubeadm init: [preflight]"),
    first.progress(9000, "kubeadm init: [wait-control-plane] \u001B[2Jwaiting"),
    first.command(29_900, 23_000),
    // A poll beside the long command: it does not count twice.
    first.command(20_000, 5000),
    first.applied(30_000, "kubeadm-init:m1", 23_300),
    ...[first.end(30_200, "ok", 24_000, 1, 0), phaseEnd(30_200, "first-master", 24_000)],
    phaseStart(30_200, "workers"),
    on("workers", "w1").start(30_200),
    on("workers", "w1").change(30_500, "kubeadm-join:w1", { field: "node", to: "joined" }),
  ];
}

/** Three hosts from nothing to a cluster in 36.1 s. */
export const bootstrap: readonly RunEvent[] = [
  ...untilTheWorker(),
  on("workers", "w1").command(35_900, 5600),
  on("workers", "w1").applied(35_950, "kubeadm-join:w1", 5450),
  ...[on("workers", "w1").end(36_000, "ok", 5800, 1, 0), phaseEnd(36_000, "workers", 5800)],
  { type: "run.end", at: STARTED_AT + 36_100, outcome: "ok", ms: 36_100, changed: 5, unchanged: 2, roundTrips: {} },
];

/** The same until the worker's join fails. */
export const failedBootstrap: readonly RunEvent[] = [
  ...untilTheWorker(),
  on("workers", "w1").command(31_900, 1600),
  on("workers", "w1").fail(32_000, "kubeadm-join:w1", JOIN_FAILED),
  ...[on("workers", "w1").end(32_000, "failed", 1800, 1, 0), phaseEnd(32_000, "workers", 1800, "failed")],
  { type: "run.end", at: STARTED_AT + 32_000, outcome: "failed", ms: 32_000, changed: 5, unchanged: 2, roundTrips: {} },
];

/** The same, stopped by Ctrl-C while etcd was coming up: what follows was cancelled. */
export const stoppedBootstrap: readonly RunEvent[] = [
  ...untilTheWorker().filter((event) => event.at <= STARTED_AT + 2600),
  ...[on("etcd", "m1").end(4000, "cancelled", 2000, 1, 0), on("etcd", "m2").end(4000, "cancelled", 0, 0, 0)],
  phaseEnd(4000, "etcd", 2000, "cancelled"),
  ...[phaseStart(4000, "first-master"), on("first-master", "m1").end(4000, "cancelled", 0, 0, 0)],
  phaseEnd(4000, "first-master", 0, "cancelled"),
  ...[phaseStart(4000, "workers"), on("workers", "w1").end(4000, "cancelled", 0, 0, 0)],
  phaseEnd(4000, "workers", 0, "cancelled"),
  { type: "run.end", at: STARTED_AT + 4000, outcome: "cancelled", ms: 4000, changed: 3, unchanged: 1, roundTrips: {} },
];

/** A plan of two hosts that would change in one phase. */
export const plan: readonly RunEvent[] = [
  runStart("plan"),
  phaseStart(0, "prepare"),
  ...[on("prepare", "m1").start(0), on("prepare", "m2").start(0), on("prepare", "w1").start(0)],
  on("prepare", "m1").change(200, "file:/etc/hosts", HOSTS_FILE, { field: "mode", from: "0600", to: "0644" }),
  on("prepare", "m1").change(200, "file:/etc/etcd/etcd.env", NEW_FILE),
  on("prepare", "m1").end(200, "ok", 200, 2, 0),
  on("prepare", "m2").change(250, "sysctl:net.ipv4.ip_forward", FORWARDING),
  on("prepare", "m2").change(250, "swap:/dev/sdb1", { field: "active", from: "yes" }),
  on("prepare", "m2").end(250, "ok", 250, 2, 0),
  ...[on("prepare", "w1").ok(300, "file:/etc/hosts"), on("prepare", "w1").end(300, "ok", 300, 0, 1)],
  phaseEnd(300, "prepare", 300),
  { type: "run.end", at: STARTED_AT + 310, outcome: "ok", ms: 310, changed: 4, unchanged: 1, roundTrips: {} },
];

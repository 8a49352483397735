import { describe, expect, it, test } from "vitest";
import { apiReady, apiThroughVip } from "../../src/health/api.ts";
import { controllersLead } from "../../src/health/leases.ts";
import { loadBalancerWorks } from "../../src/health/load-balancer.ts";
import { podRoutesPresent } from "../../src/health/pod-routes.ts";
import type { Result } from "../../src/remote/connection.ts";
import { testCluster } from "../support/cluster.ts";
import { answering, scriptedHost } from "../support/scripted-host.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const VIP = "10.0.0.10";

describe("the API server is ready", () => {
  const refused = "curl: (7) Failed to connect to 10.0.0.11 port 6443: Connection refused";
  test.each<[string, string | Partial<Result>, true | string]>([
    ["it says so", "200", true],
    ["etcd is away", "500", "https://10.0.0.11:6443/readyz returned 500"],
    ["it is not there", { code: 7, stdout: "000", stderr: `${refused}\n` }, refused],
  ])("%s", async (_, answer, expected) => {
    expect(await apiReady(scriptedHost({ answer: () => answer })).holds(signal)).toBe(expected);
  });

  it("through the VIP where it is asked there", async () => {
    const asked: string[] = [];
    const host = scriptedHost({ answer: (script) => (asked.push(script), "200") });
    expect(await apiThroughVip(host, VIP, 8443).holds(signal)).toBe(true);
    expect(asked.join()).toContain(`https://${VIP}:8443/readyz`);
  });
});

describe("the load balancer on a master works", () => {
  const working = (answers: Readonly<Record<string, string | Partial<Result>>>) =>
    loadBalancerWorks(scriptedHost({ answer: answering(answers) }), cluster).holds(signal);

  test.each<[string, Readonly<Record<string, string | Partial<Result>>>, true | string]>([
    ["both run, and haproxy leads to an API server", { "8443": "200", service: "active\n" }, true],
    [
      "haproxy reaches no API server",
      { "8443": "503", service: "active\n" },
      "haproxy runs, but does not reach an API server: https://127.0.0.1:8443/readyz returned 503",
    ],
    [
      "keepalived does not run: its last log line",
      { "8443": "200", "haproxy.service": "active\n", "keepalived.service": "failed\nbye\nConfiguration file error\n" },
      "keepalived.service is failed: Configuration file error",
    ],
    [
      "keepalived was stopped",
      { "8443": "200", "haproxy.service": "active\n", "keepalived.service": "inactive\n" },
      "keepalived.service is inactive",
    ],
  ])("%s", async (_, answers, expected) => {
    expect(await working(answers)).toBe(expected);
  });

  it("without haproxy only keepalived is checked", async () => {
    const bare = testCluster({ loadBalancer: { haproxy: false } });
    const asked: string[] = [];
    const host = scriptedHost({ answer: (script) => (asked.push(script), "active\n") });
    expect(await loadBalancerWorks(host, bare).holds(signal)).toBe(true);
    expect(asked.join()).not.toContain("haproxy");
  });
});

describe("routes to the pods of the other nodes", () => {
  const routes = (...addresses: string[]) =>
    addresses.map((address) => `10.244.9.0/24 via ${address} dev eth0\n`).join("");
  const machines = cluster.machines.slice(0, 3);
  const laid = (...addresses: string[]) =>
    podRoutesPresent([scriptedHost({ answer: () => routes(...addresses) })], machines).holds(signal);

  it("are there", async () => {
    expect(await laid("10.0.0.12", "10.0.0.13")).toBe(true);
  });

  it("that are missing are named with what installs them", async () => {
    expect(await laid("10.0.0.12")).toBe(
      "m1: no route to the pods of m3: run `systemctl restart tripod-pod-routes` on m1",
    );
  });
});

describe("the controller manager and the scheduler have a leader", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  const lease = (name: string, secondsAgo: number) =>
    `kube-system ${name} ${new Date(now - secondsAgo * 1000).toISOString()} 15 m2_0b0b\n`;
  const leading = (...leases: string[]) =>
    controllersLead(scriptedHost({ answer: () => `${now}\n${leases.join("")}` })).holds(signal);

  it.each<[string, string[], true | string]>([
    ["both renewed their leases", [lease("kube-controller-manager", 2), lease("kube-scheduler", 29)], true],
    [
      "the scheduler is silent",
      [lease("kube-controller-manager", 2), lease("kube-scheduler", 41)],
      "kube-scheduler: the last leader, m2, has not renewed its Lease for 41 s",
    ],
    ["none has started", [lease("kube-scheduler", 1)], "kube-controller-manager: no leader has ever been elected"],
  ])("%s", async (_, leases, expected) => {
    expect(await leading(...leases)).toBe(expected);
  });
});

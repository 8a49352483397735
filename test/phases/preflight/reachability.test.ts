import { expect, test } from "vitest";
import { run } from "../../../src/engine/run.ts";
import { preflight } from "../../../src/phases/preflight/index.ts";
import { portsReachable } from "../../../src/phases/preflight/reachability.ts";
import { testCluster, testMachine } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { findings, hostsOf, problems, reached, type UnfitHosts } from "./fit.ts";

type Outcomes = Readonly<Record<string, string>>;

/** A host that listens, and finds all ports open but these. */
function host(outcomes: Outcomes = {}, more: { readonly listens?: string; readonly check?: string } = {}) {
  const answer = (script: string) => {
    const words = (after: string) =>
      script
        .slice(script.lastIndexOf(after) + after.length)
        .split(/\s+/)
        .filter(Boolean);
    if (script.includes("\nrun listen ")) {
      const [, ...ports] = words("\nrun listen ");
      return more.listens ?? `${ports.map((port) => `open ${port}\n`).join("")}pid 4711\n`;
    }
    if (script.includes("\nrun connect "))
      return words("\nrun connect ")
        .map((target) => `${target} ${outcomes[target] ?? "open"}\n`)
        .join("");
    return script.startsWith("set -- check") ? (more.check ?? "") : reached(script);
  };
  return { answer };
}

const ALL: UnfitHosts = { m1: host(), m2: host(), m3: host(), w1: host(), w2: host() };

test("machines that reach each other are left alone", async () => {
  expect(await findings(portsReachable, ALL)).toEqual([]);
});

test("a host is named with the ports that others cannot reach, from where, and what to do", async () => {
  const dropped = { "10.0.0.11:2379": "timeout", "10.0.0.11:2380": "rejected", "10.0.0.11:112": "timeout" };
  const found = await problems(portsReachable, {
    ...ALL,
    m2: host(dropped),
    m3: host({ "10.0.0.11:2379": "refused" }),
  });
  expect(found).toMatchObject([
    {
      name: "m1",
      problem: {
        message: "other machines cannot reach it: VRRP, port 2379, port 2380",
        why: "from m2: port 2379 no answer, port 2380 rejected, or no route, VRRP no answer\nfrom m3: port 2379 refused",
      },
    },
  ]);
  expect(found[0]?.problem.hint).toContain("security groups");
});

test("a run is refused for it before anything is changed", async () => {
  const cluster = testCluster();
  const hosts = hostsOf(cluster, { ...ALL, m1: host({ "10.0.0.21:10250": "timeout" }) });
  const { signal } = new AbortController();
  const failure: unknown = await run([preflight], cluster, hosts, {
    mode: "apply",
    signal,
    sink: () => undefined,
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "E_PREFLIGHT",
    message: "other machines cannot reach it: port 10250",
    details: { host: "w1", origin: { line: 21 } },
  });
});

test("the host's own firewall is named where it is the reason, and `firewall: manage` opens it", async () => {
  const check = "inet filter input: + jump\ninet filter input: + tcp dport 6443 accept\n";
  const unfit = { ...ALL, m1: host({}, { check }), w1: host({ "10.0.0.11:6443": "timeout" }) };
  const [one] = await problems(portsReachable, unfit);
  expect(one?.problem.why).toContain("on this host nftables inet filter input drops what it does not name");
  expect(one?.problem.hint).toContain("set `firewall: manage`");
  expect(await findings(portsReachable, unfit, testCluster({ firewall: "manage" }))).toEqual([]);
  const between = { ...unfit, m1: host() };
  expect(await findings(portsReachable, between, testCluster({ firewall: "manage" }))).toHaveLength(1);
});

test("what is not known is reported, and never counts as reached", async () => {
  const outcomes = { "10.0.0.11:2379": "refused", "10.0.0.11:112": "timeout" };
  expect(await findings(portsReachable, { ...ALL, m1: host({}, { listens: "" }), m2: host(outcomes) })).toEqual([
    "m1: whether other machines reach its ports is not known: nothing can listen on it",
  ]);
});

test("VRRP without an answer is no firewall's where the host may not send it itself", async () => {
  const listens = "open 2379\npid 4711\n";
  expect(
    await findings(portsReachable, { ...ALL, m1: host({}, { listens }), m2: host({ "10.0.0.11:112": "timeout" }) }),
  ).toEqual([]);
});

test("on a node nothing is put up: what runs there answers, and what does not run is not asked for", async () => {
  const scripts: string[] = [];
  const cluster = testCluster();
  const recording = (name: string) => ({
    answer(script: string) {
      if (script.includes("\nrun ")) scripts.push(`${name} ${script.slice(script.lastIndexOf("\nrun ") + 1)}`);
      return "";
    },
  });
  const hosts = hostsOf(cluster, {
    m1: recording("m1"),
    m2: recording("m2"),
    w1: recording("w1"),
    w2: recording("w2"),
  });
  const nodes = new Map(cluster.machines.map(({ name }) => [name, {} as never]));
  const context = testContext(cluster, hosts, "plan", { clusterExists: true, nodes });
  for (const each of hosts) await portsReachable.examine(each, context);
  expect(scripts.filter((line) => line.includes("run listen"))).toEqual([]);
  const asked = scripts.find((line) => line.startsWith("w1"));
  expect(asked).toContain("10.0.0.11:6443");
  expect(asked).toContain("10.0.0.22:10250");
  expect(asked).not.toMatch(/:112|:32767|:2379/);
});

test("between a thousand workers a sample is tried, not every pair", async () => {
  const workers = Array.from({ length: 1000 }, (_, index) =>
    testMachine(`w${index}`, `10.1.${index >> 8}.${index & 255}`, "worker"),
  );
  const cluster = testCluster({
    workers,
    network: { cni: "none" },
    kubernetes: { podSubnet: "10.128.0.0/14", serviceSubnet: "10.96.0.0/16" },
  });
  let tried = 0;
  const answer = (script: string) => {
    if (script.includes("\nrun connect "))
      tried += script.slice(script.lastIndexOf("\nrun connect ")).split(":").length - 1;
    return "";
  };
  const hosts = hostsOf(cluster, Object.fromEntries(cluster.machines.map(({ name }) => [name, { answer }])));
  const context = testContext(cluster, hosts);
  await portsReachable.examine(hosts[0] ?? expect.unreachable(), context);
  // Each master to each worker and back, each worker to the next, and the masters among themselves.
  expect(tried).toBe(1000 * 3 * 2 + 1000 * 3 * 4 + 1000 * 2 + 6 * 7);
});

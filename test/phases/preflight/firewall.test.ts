import { expect, test } from "vitest";
import { podsForwarded, ufwKnowsVrrp } from "../../../src/phases/preflight/firewall.ts";
import { testCluster } from "../../support/cluster.ts";
import { findings, problems } from "./fit.ts";

const DOCKER = "iptables FORWARD: + jump\niptables FORWARD: + -s 10.244.0.0/16 -j ACCEPT\n";
const OWN = `inet filter input: + tcp dport 6443 accept
inet filter forward: + ip saddr 10.244.0.0/16 accept
inet filter forward: + ip daddr 10.244.0.0/16 accept
`;
const saying = (said: string) => ({ answer: () => said });

test("a host on which Docker has set FORWARD to DROP is refused, and what to do is said", async () => {
  const found = await problems(podsForwarded, { w1: saying(DOCKER) });
  expect(found).toMatchObject([
    { name: "w1", problem: { message: "it does not forward the packets of pods: iptables FORWARD drops them" } },
  ]);
  expect(found[0]?.problem.hint).toContain("set `firewall: manage`");
  expect(found[0]?.problem.hint).toContain("10.244.0.0/16");
});

test("so are hosts whose nftables, ufw or firewalld drop it", async () => {
  const unfit = {
    m1: saying(OWN),
    m2: { ...saying(DOCKER), firewall: "ufw" },
    m3: { ...saying(""), firewall: "firewalld" },
  } as const;
  expect(await findings(podsForwarded, unfit)).toEqual([
    "m1: it does not forward the packets of pods: nftables inet filter forward drops them",
    "m2: it does not forward the packets of pods: iptables FORWARD (ufw) drops them",
    "m3: it does not forward the packets of pods: firewalld rejects what no zone or policy accepts",
  ]);
});

test("an operator's own rule for the pods' subnet is trusted, and a firewall that Tripod manages", async () => {
  expect(await findings(podsForwarded, { w1: saying("known\n") })).toEqual([]);
  expect(await findings(podsForwarded, { w1: saying(DOCKER) }, testCluster({ firewall: "manage" }))).toEqual([]);
});

test("a pod network that brings its own rules is not asked about", async () => {
  const other = testCluster({ network: { manifest: "/home/operator/flannel.yaml" } });
  expect(await findings(podsForwarded, { w1: saying(DOCKER) }, other)).toEqual([]);
});

test("a ufw that cannot open VRRP is refused on masters before anything is changed", async () => {
  const old = { ...saying("ufw 0.36.1\nCopyright\n"), firewall: "ufw" } as const;
  const managed = testCluster({ firewall: "manage" });
  expect(await findings(ufwKnowsVrrp, { m1: old, w1: old }, managed)).toEqual([
    "m1: its ufw does not know VRRP, the protocol of keepalived",
  ]);
  expect(await findings(ufwKnowsVrrp, { m1: { ...old, ...saying("ufw 0.36.2\n") } }, managed)).toEqual([]);
  expect(await findings(ufwKnowsVrrp, { m1: old })).toEqual([]);
});

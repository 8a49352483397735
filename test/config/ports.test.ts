import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openings, richRules, ufwRules } from "../../src/config/firewall.ts";
import { type Port, portMatrix } from "../../src/config/ports.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();
const from = (source: string | undefined, name = "m1", of = cluster) =>
  openings(of, machineNamed(of, name))
    .filter((opening) => opening.source === source)
    .map((opening) => `${opening.protocol} ${opening.ports.join("-")}`.trim());

const WORDS: Readonly<Record<Port["from"], string>> = {
  host: "the host itself",
  masters: "masters",
  machines: "all machines",
  "machines and pods": "all machines, pods",
  anyone: "anyone",
};

describe("the ports of a cluster", () => {
  it("are those in docs/firewall.md, no more and no less", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/firewall.md"), "utf8");
    const rows = [...page.matchAll(/^\| (`[^|]*?) *\| (.*?) *\| (.*?) *\| (.*?) *\|$/gm)].map((row) => row.slice(1));
    const wanted = portMatrix(cluster).map(({ protocol, first, last, program, roles, from: who }) => [
      protocol === "ip" ? `\`${first}\` (VRRP)` : `\`${[first, last].filter(Boolean).join("-")}\` ${protocol}`,
      roles.map((role) => `${role}s`).join(", "),
      program,
      WORDS[who],
    ]);
    expect(rows).toEqual(wanted);
  });

  it("are opened on a master to the other masters, and to nobody else for etcd", () => {
    expect(from("10.0.0.12")).toEqual(["tcp 2379", "tcp 2380", "ip 112", "tcp 10250"]);
    expect(from("10.0.0.21")).toEqual(["tcp 10250"]);
    expect(from("10.244.0.0/16")).toEqual(["tcp 10250"]);
    expect(from(undefined)).toEqual(["tcp 6443", "tcp 8443", "tcp 30000-32767", "udp 30000-32767"]);
    expect(from("10.0.0.11")).toEqual([]);
  });

  it("are few on a worker", () => {
    expect(from("10.0.0.11", "w1")).toEqual(["tcp 10250"]);
    expect(from(undefined, "w1")).toEqual(["tcp 30000-32767", "udp 30000-32767"]);
  });

  it.each([
    ["flannel", ["tcp 10250", "udp 8472"]],
    ["calico", ["tcp 10250", "tcp 179", "ip 4"]],
  ])("include what %s sends between the machines", (cni, ports) => {
    const other = testCluster({ network: { cni } });
    expect(from("10.0.0.11", "w1", other)).toEqual(ports);
    expect(from("10.244.0.0/16", "w1", other)).toEqual(["tcp 10250"]);
    const rules = (kind: typeof ufwRules) =>
      kind(other, machineNamed(other, "w1")).filter((rule) => /10\.0\.0\.11\b/.test(rule));
    expectGolden(`firewall/${cni}`, `${[...rules(ufwRules), ...rules(richRules)].join("\n")}\n`);
  });

  it("follow the load balancer", () => {
    const other = testCluster({ loadBalancer: { port: 9443 } });
    expect(from(undefined, "m1", other)).toContain("tcp 9443");
    const direct = testCluster({ loadBalancer: { haproxy: false } });
    expect(from(undefined, "m1", direct)).toEqual(["tcp 6443", "tcp 30000-32767", "udp 30000-32767"]);
  });
});

import { describe, expect, it } from "vitest";
import { etcdHealthy, readEtcd } from "../../src/health/etcd.ts";
import type { Host } from "../../src/host.ts";
import { memberHealthy } from "../../src/resources/etcdctl.ts";
import type { Result } from "../../src/remote/connection.ts";
import { testCluster } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const { signal } = new AbortController();
const { masters } = testCluster();

/** As etcdctl 3.5 prints it: ids are 64 bits wide. */
function status(address: string, id: string, leader: string, more = ""): string {
  return `{"Endpoint":"https://${address}:2379","Status":{"header":{"cluster_id":1,"member_id":${id},"revision":7},"version":"3.5.30","dbSize":25165824,"leader":${leader}${more}}}`;
}
const M1 = status("10.0.0.11", "10501334649042878790", "10501334649042878790");
const M2 = status("10.0.0.12", "10501334649042878791", "10501334649042878790");
const M3 = status("10.0.0.13", "9372538179322589801", "10501334649042878790");

const saying = (answer: string | Partial<Result>): Host[] =>
  masters.map((machine) => scriptedHost({ machine, answer: () => answer }));
const whole = (answer: string | Partial<Result>) => {
  const hosts = saying(answer);
  return etcdHealthy(hosts[0] as Host, hosts).holds(signal);
};

describe("etcd is healthy", () => {
  it("when all members answer and agree on one leader", async () => {
    expect(await whole(`[${M1},${M2},${M3}]`)).toBe(true);
  });

  it.each([
    ["a member is silent", `[${M1},${M3}]`, "no answer from the member on m2"],
    ["two are silent", `[${M1}]`, "no answer from the member on m2, m3"],
    [
      "a member is a learner",
      `[${M1},${M2},${M3.replace('"leader"', '"isLearner":true,"leader"')}]`,
      "a member is still a learner",
    ],
    ["there is no leader", `[${M1.replace(/"leader":\d+/, '"leader":0')},${M2},${M3}]`, "etcd has 0 leaders"],
    [
      "two members think that they lead",
      `[${M1},${M2.replace(/"leader":\d+/, '"leader":10501334649042878791')},${M3}]`,
      "etcd has 2 leaders",
    ],
  ])("not while %s", async (_, answer, reason) => {
    expect(await whole(answer)).toBe(reason);
  });

  it.each([
    ["etcdctl is not there", { code: 127, stderr: "sh: 1: etcdctl: not found\n" }, "sh: 1: etcdctl: not found"],
    [
      "no member answers",
      { code: 1, stdout: "null\n", stderr: "failed\ncontext deadline exceeded\n" },
      "context deadline exceeded",
    ],
    ["it says nothing at all", { code: 1 }, "etcd does not answer"],
  ])("not while %s", async (_, answer, reason) => {
    expect(await whole(answer)).toBe(reason);
  });

  it("and why a member does not answer is read on its own host", async () => {
    const [m1, m2, m3] = masters.map((machine) =>
      scriptedHost({
        machine,
        answer: (script) =>
          script.includes(",")
            ? `[${M1},${M3}]`
            : { code: 1, stdout: '[]\netcd.service failed\n{"level":"panic","msg":"no space left"}\n' },
      }),
    ) as [Host, Host, Host];
    expect(await etcdHealthy(m1, [m1, m2, m3]).holds(signal)).toBe(
      "no answer from the member on m2: etcd.service is failed: no space left",
    );
  });

  it("and members are distinguished although their ids differ only in the last digit", async () => {
    const hosts = saying(`[${M1},${M2},${M3}]`);
    const members = await readEtcd(hosts[0] as Host, hosts);
    expect(members).toMatchObject([
      { id: "10501334649042878790", leader: true, version: "3.5.30", dbSize: 25165824 },
      { id: "10501334649042878791", leader: false },
      { id: "9372538179322589801", leader: false },
    ]);
  });
});

describe("a member is healthy", () => {
  it.each([
    [{ code: 0 }, true],
    [{ code: 1, stderr: "{}\nraft: no leader\n" }, "raft: no leader"],
    [{ code: 1 }, "it does not answer"],
    ...["walpb: crc mismatch", "wal: max entry size limit exceeded", "proto: illegal wireType 6"].map(
      (error): [Partial<Result>, string] => [
        {
          code: 1,
          stdout: `etcd.service activating\n{"level":"fatal","msg":"discovery failed","error":"${error}"}\n`,
        },
        `etcd.service is activating: discovery failed: ${error} (its data is damaged: see docs/health.md for how to replace the member)`,
      ],
    ),
    [
      {
        code: 1,
        stdout:
          "etcd.service failed\n2026-11-27 16:48:07.776145 C | etcdmain: listen tcp: bind: address already in use\n",
      },
      "etcd.service is failed: etcdmain: listen tcp: bind: address already in use",
    ],
    [
      { code: 1, stdout: 'etcd.service inactive\n{"level":"info","msg":"closed etcd server"}\n' },
      "etcd.service is inactive",
    ],
  ])("%j: %s", async (answer, expected) => {
    const [host] = saying(answer);
    expect(await memberHealthy(host as Host).holds(signal)).toBe(expected);
  });
});

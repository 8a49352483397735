import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dnsAnswers, readDns } from "../../src/health/dns.ts";
import type { Result } from "../../src/remote/connection.ts";
import { testCluster } from "../support/cluster.ts";
import { noMachine, throwAwayMachine, type ThrowAwayMachine } from "../support/machine.ts";
import { because } from "../support/programs.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const dns = (answer: string | Partial<Result>) =>
  dnsAnswers(scriptedHost({ answer: () => answer }), cluster).holds(signal);
/** Length, id, flags (the last four bits: the failure), questions, answers … */
const bytes = (failure: number, answers: number) => ` 0 90 84 80 133 ${128 + failure} 0 1 0 ${answers} 0 0 0 1\n`;

describe("the cluster's DNS", () => {
  it.each<[string, string | Partial<Result>, true | string]>([
    ["answers", `2 2\n${bytes(0, 1)}`, true],
    ["is not kubeadm's, and so is not asked", "", true],
    ["has no pod that runs", "2 \n\n", "0 of 2 pods of coredns are available"],
    ["has pods, and its Service does not lead to them", "2 2\n\n", "no answer at 10.96.0.10"],
    [
      "does not know the cluster's own API",
      `2 2\n${bytes(3, 0)}`,
      "it does not resolve kubernetes.default.svc.cluster.local (DNS response code 3)",
    ],
    ["is taken at its word where there is no bash to ask with", "2 1\nno bash\n", true],
    ["cannot be asked while the API is away", { code: 1, stderr: "refused\n" }, "refused"],
  ])("%s", async (_, answer, expected) => {
    expect(await dns(answer)).toBe(expected);
  });
});

/** Answers a question over TCP with what it was asked and one address, once. */
const SERVER = `require("net").createServer((socket) => socket.on("data", (question) => {
  const answer = Buffer.from(question); answer[4] = 0x85; answer[5] = 0x80; answer[9] = 1;
  require("fs").writeFileSync("/run/asked", question.subarray(14)); socket.end(answer); process.exit();
})).listen(53, "10.96.0.10", () => require("fs").writeFileSync("/run/listens", ""))`;

describe.skipIf(noMachine)(`the DNS query${because(noMachine)}`, () => {
  let machine: ThrowAwayMachine;
  beforeAll(async () => {
    machine = await throwAwayMachine();
    machine.write("/usr/local/sbin/kubectl", "#!/bin/sh\necho '2 2'\n", 0o755);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("is for the API's own name, and its answer is parsed", async () => {
    machine.write("/root/server.cjs", SERVER);
    await machine.connection.run(
      `ip addr add 10.96.0.10/32 dev lo; node /root/server.cjs >/dev/null 2>&1 & for n in $(seq 100); do [ -e /run/listens ] && exit; sleep 0.1; done; exit 1`,
    );
    expect(await readDns(machine.host, cluster)).toBe(true);
    expect(machine.read("/run/asked").replaceAll(/[^a-z]+/g, ".")).toBe(".kubernetes.default.svc.cluster.local.");
  });

  it("gets no answer where nothing listens", async () => {
    expect(await readDns(machine.host, cluster)).toBe("no answer at 10.96.0.10");
  });
});

import { expect, test } from "vitest";
import { etcdJournal, journalOf, kubeletJournal, safeLine } from "../../src/resources/journal.ts";
import { machineStory } from "../support/machine-story.ts";

const FATAL =
  '{"level":"fatal","ts":"2026-11-27T16:48:07.776Z","caller":"etcdmain/etcd.go:271","msg":"discovery failed","error":"walpb: crc mismatch","stacktrace":"go.etcd.io/etcd"}';

test.each([
  ["in JSON", FATAL, "discovery failed: walpb: crc mismatch"],
  [
    "in JSON without an error",
    '{"level":"panic","msg":"failed to recover v3 backend"}',
    "failed to recover v3 backend",
  ],
  ["by its old logger", "2026-11-27 16:48:07.776145 C | etcdserver: read wal error", "etcdserver: read wal error"],
  [
    "as a panic",
    "panic: freepages: failed to get all reachable pages",
    "panic: freepages: failed to get all reachable pages",
  ],
])("why etcd died is reported %s", (_, line, expected) => {
  expect(etcdJournal.reason(`${line}\n\n`)).toBe(expected);
});

test("the kubelet's reason is its fatal error, and not what it stumbled over in its next life", () => {
  const journal = `F1127 16:48:30.180409     962 server.go:269] failed to run Kubelet: unable to load bootstrap kubeconfig
E1127 16:48:32.980409     975 bootstrap.go:265] part of the existing bootstrap client certificate is expired
`;
  expect(kubeletJournal.reason(journal)).toBe("failed to run Kubelet: unable to load bootstrap kubeconfig");
});

test("a unit that said nothing has no reason", () => {
  expect([etcdJournal.reason("\n"), kubeletJournal.reason(""), journalOf("haproxy.service").reason("")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("the output of a host is shown as one short line that a terminal does not obey", () => {
  expect(safeLine("bad\u001b[2J\r\nnews\u202e\u0007 ")).toBe("bad [2J news");
  expect(safeLine("x".repeat(5000))).toHaveLength(300);
});

machineStory(
  "the reason is found before the hundreds of lines that a dying program prints after it",
  async (machine) => {
    const stack = "goroutine 76 [select]:\n".repeat(500);
    machine.write("/fakes/journal", `{"level":"info","msg":"starting"}\n${FATAL}\n${stack}`);
    const { stdout } = await machine.host.read(etcdJournal.script);
    expect(etcdJournal.reason(stdout)).toBe("discovery failed: walpb: crc mismatch");
  },
);

machineStory("a program that logs no error is quoted with its last line", async (machine) => {
  machine.write("/fakes/journal", "one\ntwo\nthree\n");
  expect(
    journalOf("keepalived.service").reason((await machine.host.read(journalOf("keepalived.service").script)).stdout),
  ).toBe("three");
});

import { expect, test } from "vitest";
import { TripodErrors } from "../../../src/errors.ts";
import type { TripodError } from "../../../src/errors.ts";
import { run } from "../../../src/engine/run.ts";
import { preflight } from "../../../src/phases/preflight/index.ts";
import { testCluster } from "../../support/cluster.ts";
import { hostsOf, reached, type UnfitHosts } from "./fit.ts";

const cluster = testCluster();

async function failures(unfit: UnfitHosts): Promise<readonly TripodError[]> {
  const { signal } = new AbortController();
  const options = { mode: "apply", signal, sink: () => undefined } as const;
  const failure: unknown = await run([preflight], cluster, hostsOf(cluster, unfit), options).catch(
    (error: unknown) => error,
  );
  if (!(failure instanceof TripodErrors)) return expect.unreachable(String(failure));
  return failure.errors;
}

test("every failure of every host is reported at once, each with its host, its line of the inventory and what to do", async () => {
  const errors = await failures({
    m1: { cpus: 1, systemd: false },
    m3: { machineId: "same" },
    w1: { machineId: "same" },
    w2: { addresses: ["eth0 192.168.0.22/24"] },
  });
  expect(
    errors.map(({ code, message, details }) => `${details.host} ${details.origin?.line} ${code} ${message}`).toSorted(),
  ).toEqual([
    "m1 11 E_PREFLIGHT 1 CPU, but a master needs 2",
    "m1 11 E_PREFLIGHT systemd is not running",
    "m3 13 E_PREFLIGHT its machine-id is also that of w1",
    "w1 21 E_PREFLIGHT its machine-id is also that of m3",
    "w2 22 E_PREFLIGHT none of its interfaces has the address 10.0.0.22",
  ]);
  for (const { details } of errors) expect(details.hint).toMatch(/\w/);
});

test("a refusal does not hide what else is wrong on its host", async () => {
  const answer = (text: string) => (script: string) =>
    script.startsWith("f=/etc/etcd/pki/ca.crt")
      ? `600 root:root\n${text}`
      : script.startsWith("f=/etc/etcd/pki/ca.key")
        ? "0".repeat(64)
        : reached(script);
  const errors = await failures({ m1: { cpus: 1, answer: answer("ours") }, m2: { answer: answer("theirs") } });
  expect(errors.map(({ code, message }) => `${code} ${message}`).toSorted()).toEqual([
    "E_PREFLIGHT 1 CPU, but a master needs 2",
    "E_REFUSED /etc/etcd/pki/ca.crt on m2 differs from the one on m1",
  ]);
});

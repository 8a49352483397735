import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import * as tripod from "../src/index.ts";
import type { Host } from "../src/host.ts";
import type { Cluster } from "../src/inventory/cluster.ts";
import { testCluster, testMachine } from "./support/cluster.ts";
import { over } from "./support/machine.ts";
import { scriptedHost } from "./support/scripted-host.ts";
import { failure } from "./support/sshd.ts";

/** The arguments of the functions: machines, a signal, and what they must not call once they are stopped. */
interface Given {
  readonly cluster: Cluster;
  readonly hosts: readonly Host[];
  readonly signal: AbortSignal;
}

const sink = () => undefined;
const never = () => expect.unreachable("no work begins") as Promise<never>;

/** Every function of the library that takes a signal. */
const STOPPABLE: Readonly<Record<string, (given: Given) => Promise<unknown>>> = {
  bootstrap: ({ cluster, signal }) => tripod.bootstrap(cluster, { mode: "apply", sink, signal }),
  walkPhases: ({ cluster, hosts, signal }) => tripod.walkPhases(cluster, hosts, { mode: "plan", sink, signal }),
  runPreflight: ({ cluster, hosts, signal }) => tripod.runPreflight(cluster, hosts, { signal }),
  withSession: ({ cluster, signal }) => tripod.withSession(cluster, { signal }, never),
  drill: ({ cluster, hosts, signal }) =>
    tripod.drill(cluster, hosts, { scenarios: tripod.SCENARIOS, sink, signal, command: "drill" }),
  measureChange: ({ cluster, hosts, signal }) =>
    tripod.measureChange(cluster, hosts, { title: "a change", what: "it changes", work: never }, { sink, signal }),
};

const WITHOUT_SIGNAL = ["drillReportOf", "loadCluster", "powerOf", "readKubeconfig", "readStatus", "reportOf"];

/** The reasons of an abort: the default, a timeout, the program's own error, and a value that is not an error. */
const REASONS: readonly (readonly [string, () => unknown])[] = [
  ["abort()", () => new DOMException("This operation was aborted", "AbortError")],
  ["a timeout", () => new DOMException("The operation was aborted due to timeout", "TimeoutError")],
  ["an error of its own", () => new Error("the deployment was withdrawn")],
  ["a word", () => "enough"],
];

/** Hosts that hold the lock and answer nothing else; `asked` is called for each question. */
function hostsOf(cluster: Cluster, asked: () => void): Host[] {
  return cluster.machines.map((machine) => {
    const answer = () => {
      asked();
      return { code: 1, stderr: "nothing is here\n" };
    };
    const host = scriptedHost({ machine, answer });
    const run: Host["connection"]["run"] = async (script, options = {}) => {
      if (!options.listen) return host.connection.run(script, options);
      await Promise.resolve();
      options.listen("taken\n");
      await once((options.input as Readable).resume(), "end");
      return { code: 0, stdout: "", stderr: "" };
    };
    return over(host, { ...host.connection, run });
  });
}

/** A cluster whose machines accept connections and send nothing. `asked` is called for each connection. */
async function silentCluster(asked: () => void): Promise<Cluster> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    asked();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const ssh = { ...testMachine("m1", "10.0.0.11", "master").ssh, address: "127.0.0.1" };
  const here = { ...ssh, port: (server.address() as AddressInfo).port, agent: false, identityFiles: [] };
  const { masters, workers } = testCluster();
  const there = (machines: typeof masters) => machines.map((machine) => ({ ...machine, ssh: here }));
  return testCluster({ masters: there(masters), workers: there(workers) });
}

async function expectInterruption(work: Promise<unknown>, reason: unknown): Promise<void> {
  const error = await failure(work);
  expect(error).toBeInstanceOf(tripod.TripodError);
  expect(error).toMatchObject({ code: "E_INTERRUPTED", exitCode: 130, message: "stopped" });
  const causes: unknown[] = [];
  for (let cause: unknown = error; cause instanceof tripod.TripodError; cause = cause.cause) causes.push(cause.cause);
  expect(causes).toContain(reason);
}

test("these are all functions of the library that take a signal", () => {
  const functions = Object.entries(tripod).filter(([name, it]) => typeof it === "function" && /^[a-z]/.test(name));
  expect(functions.map(([name]) => name).toSorted()).toEqual([...Object.keys(STOPPABLE), ...WITHOUT_SIGNAL].toSorted());
});

describe.each(Object.entries(STOPPABLE))("a program that stops %s", (_, work) => {
  test.each(REASONS)("before the work, by %s, gets a TripodError, and no host was contacted", async (_, why) => {
    const asked = () => expect.unreachable("nobody is asked");
    const cluster = await silentCluster(asked);
    const reason = why();
    const signal = AbortSignal.abort(reason);
    await expectInterruption(work({ cluster, hosts: hostsOf(cluster, asked), signal }), reason);
  });

  test.each(REASONS)("during the work, by %s, gets a TripodError", async (_, why) => {
    const controller = new AbortController();
    const reason = why();
    const stop = () => controller.abort(reason);
    const cluster = await silentCluster(stop);
    await expectInterruption(work({ cluster, hosts: hostsOf(cluster, stop), signal: controller.signal }), reason);
  });
});

test("work within a session that the same signal stops ends in a TripodError too", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error("enough");
  const cluster = testCluster();
  const work = tripod.withSession(cluster, { signal, machines: [] }, async () => {
    controller.abort(reason);
    await pause(60_000, undefined, { signal });
  });
  await expectInterruption(work, reason);
});

test("an error of a program's own work is thrown unchanged if nothing was aborted", async () => {
  const { signal } = new AbortController();
  const own = new DOMException("This operation was aborted", "AbortError");
  const work = tripod.withSession(testCluster(), { signal, machines: [] }, () => Promise.reject(own));
  expect(await failure(work)).toBe(own);
});

test("a drill that cannot be run rejects its promise, as every function does", async () => {
  const { signal } = new AbortController();
  const [master] = testCluster().masters;
  const alone = testCluster({ masters: master ? [master] : [] });
  const options = { scenarios: [], sink, signal, command: "drill" };
  const promise = (() => {
    try {
      return tripod.drill(alone, [], options);
    } catch {
      return Promise.resolve("thrown");
    }
  })();
  expect(await failure(promise)).toMatchObject({ code: "E_REFUSED" });
});

import { PassThrough, type Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lockHost } from "../../src/engine/host-lock.ts";
import { withLock } from "../../src/engine/cluster-lock.ts";
import { TripodError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import { testMachine } from "../support/cluster.ts";
import { noMachine, over, throwAwayMachine, type ThrowAwayMachine } from "../support/machine.ts";
import { because } from "../support/programs.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { eventually, failure } from "../support/sshd.ts";

const ANNA = "anna@laptop:4711";
const BERT = "bert@desk:42";

/** Somebody who wants to work on the cluster, and does so until told to finish. */
function operator(owner: string, masters: readonly Host[], more: { command?: string; breakLock?: string } = {}) {
  let finish = () => {};
  let begun = () => {};
  let held = (): Promise<void> => Promise.reject(new Error("the work has not begun"));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const working = new Promise<void>((resolve) => (begun = resolve));
  const done = withLock(masters, { cluster: "prod", command: "tripod apply", owner, ...more }, (asked) => {
    held = asked;
    begun();
    return finished;
  });
  return {
    /** Resolves when they work; rejects when they may not. */
    working: Promise.race([working, done]),
    held: () => held(),
    finish: () => {
      finish();
      return done;
    },
  };
}

/** A host whose connection can be cut, and comes back when it is told to; or whose operator falls asleep, laptop and all. */
function shaky(host: Host) {
  const { connection } = host;
  let away = false;
  let awake: Promise<void> = Promise.resolve();
  let wakeUp = () => {};
  const cuts: (() => void)[] = [];
  const run: typeof connection.run = async (script, options = {}) => {
    await awake;
    if (away) throw new TripodError("E_UNREACHABLE", "no answer", { host: host.name });
    const input = (options.input as Readable).pipe(new PassThrough());
    const cut = new Promise<never>((_, reject) => {
      cuts.push(() => {
        input.end();
        reject(new TripodError("E_CONNECTION_LOST", "gone", { host: host.name }));
      });
    });
    return Promise.race([cut, connection.run(script, { ...options, input })]).finally(() => awake);
  };
  return {
    host: over(host, { ...connection, run }),
    async cut() {
      away = true;
      for (const cut of cuts.splice(0)) cut();
      // Until it has been noticed.
      await new Promise(setImmediate);
    },
    back: () => (away = false),
    fallAsleep: () => (awake = new Promise((resolve) => (wakeUp = resolve))),
    wakeUp: () => wakeUp(),
  };
}

function outcome(held: Promise<void>): Promise<string> {
  return held.then(
    () => "held",
    (error: unknown) => (error as Error).message,
  );
}

describe.skipIf(noMachine)(`the lock of a cluster${because(noMachine)}`, () => {
  let machines: readonly ThrowAwayMachine[] = [];
  let masters: readonly Host[] = [];

  beforeAll(async () => {
    machines = await Promise.all(
      [1, 2, 3].map((n) => throwAwayMachine({ machine: testMachine(`m${n}`, `10.0.0.1${n}`, "master") })),
    );
    masters = machines.map(({ host }) => host);
    // Whoever is called sleeper is held for dead after a moment, not after a minute.
    for (const machine of machines)
      machine.write(
        "/usr/local/sbin/timeout",
        '#!/bin/sh\ngrep -q sleeper /run/tripod/lock.owner && shift && set -- 0.3 "$@"; exec /usr/bin/timeout "$@"\n',
        0o755,
      );
  });
  afterAll(async () => {
    await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
  });

  test("the second operator sees who holds the lock, since when, for which command, and how to remove it", async () => {
    const anna = operator(ANNA, masters, { command: "tripod apply -i 'prod of\nall'.yaml" });
    await anna.working;
    const error = await failure(operator(BERT, masters).working);
    expect(error).toMatchObject({ code: "E_LOCKED", exitCode: 25, message: `${ANNA} is working on prod` });
    expect(error.details.why).toMatch(
      /^since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(\d+ s ago\): tripod apply -i 'prod of all'\.yaml$/,
    );
    expect(error.details.hint).toContain(`--break-lock ${ANNA}`);
    await anna.held();
    await anna.finish();
  });

  test("it is released as soon as its owner is done, and also when the work has failed", async () => {
    await expect(
      withLock(masters, { cluster: "prod", command: "", owner: ANNA }, () => Promise.reject(new Error("failed"))),
    ).rejects.toThrow("failed");
    const bert = operator(BERT, masters);
    await bert.working;
    await bert.finish();
  });

  test("of two operators who start at once exactly one gets it", async () => {
    const anna = operator(ANNA, masters);
    const bert = operator(BERT, masters.toReversed());
    const outcomes = await Promise.allSettled([anna.working, bert.working]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await Promise.allSettled([anna.finish(), bert.finish()]);
  });

  test("it is released when its owner disconnects: the next operator can start", async () => {
    const connections = masters.map(shaky);
    const anna = operator(
      ANNA,
      connections.map(({ host }) => host),
    );
    await anna.working;
    await Promise.all(connections.map((connection) => connection.cut()));
    const bert = operator(BERT, masters);
    await bert.working;
    await expect(bert.held()).resolves.toBeUndefined();
    await bert.finish();
    await anna.finish();
  });

  test("losing one master of three blocks nobody and lets no other operator in; it is locked again when it answers", async () => {
    const [first, ...others] = masters as [Host, Host, Host];
    const connection = shaky(first);
    const anna = operator(ANNA, [connection.host, ...others]);
    await anna.working;
    await connection.cut();
    await anna.held();
    expect(await failure(operator(BERT, masters).working)).toMatchObject({ code: "E_LOCKED" });
    connection.back();
    const path = "/run/tripod/lock.owner";
    await eventually(() => machines[0]?.read(path)).toContain(ANNA);
    await anna.finish();
  });

  test("an operator who has lost the whole lock waits for it, and continues if nobody else has taken it", async () => {
    const connections = masters.map(shaky);
    const anna = operator(
      ANNA,
      connections.map(({ host }) => host),
    );
    await anna.working;
    await Promise.all(connections.map((connection) => connection.cut()));
    let again = false;
    const held = anna.held().then(() => (again = true));
    await new Promise(setImmediate);
    expect(again).toBe(false);
    for (const connection of connections) connection.back();
    await held;
    expect(await failure(operator(BERT, masters).working)).toMatchObject({ code: "E_LOCKED" });
    await anna.finish();
  });

  test("an operator without a heartbeat for too long has lost it, and starts nothing more after another one has taken it", async () => {
    const connections = masters.map(shaky);
    const sleeper = operator(
      "sleeper@laptop:1",
      connections.map(({ host }) => host),
    );
    await sleeper.working;
    for (const connection of connections) void connection.fallAsleep();
    const bert = operator(BERT, masters);
    await bert.working;
    for (const connection of connections) connection.wakeUp();
    await eventually(() => outcome(sleeper.held())).toBe(`${BERT} has taken over prod`);
    await sleeper.finish();
    await bert.finish();
  });

  test("an owner's name is shown as one word of a shell, whatever it is", async () => {
    const mallory = operator("$(reboot);x@y:1", masters);
    await mallory.working;
    const error = await failure(operator(BERT, masters).working);
    expect(error.details.hint).toMatch(/--break-lock '\$\(reboot\);x@y:1'$/);
    await mallory.held();
    await mallory.finish();
  });

  test("--break-lock removes the lock of the named owner, who starts nothing more; and of nobody else", async () => {
    const anna = operator(ANNA, masters);
    await anna.working;
    const wrong = await failure(operator(BERT, masters, { breakLock: "carl@cafe:1" }).working);
    expect(wrong).toMatchObject({ code: "E_LOCKED", message: `${ANNA} is working on prod` });
    await anna.held();
    const bert = operator(BERT, masters, { breakLock: ANNA });
    await bert.working;
    await eventually(() => outcome(anna.held())).toBe(`${BERT} has taken over prod`);
    await anna.finish();
    await bert.finish();
  });
});

test("a host that does not report whether it granted the lock is given up with an error", async () => {
  const { connection } = scriptedHost({ answer: () => "" });
  const run: typeof connection.run = (_script, { signal } = {}) =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
  const request = { id: "1", name: ANNA, command: "tripod apply", breakLock: undefined };
  const error = await failure(lockHost({ ...connection, name: "m1", run }, request, 50));
  expect(error).toMatchObject({ code: "E_COMMAND", details: { host: "m1" } });
  expect(error.message).toContain("did not end within 0.05 s");
});

test("an age of the lock that no date can have is still an owner's", async () => {
  const { connection } = scriptedHost({ answer: () => "held 99999999999999 eve apply\n" });
  const request = { id: "1", name: ANNA, command: "tripod apply", breakLock: undefined };
  expect(await lockHost(connection, request)).toEqual({ name: "eve", command: "apply", age: 1e9 });
});

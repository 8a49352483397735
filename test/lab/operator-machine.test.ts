import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, expect, test, vi } from "vitest";
import { inotifyWanted } from "../../src/lab/inotify.ts";
import {
  raiseInotifyLimit,
  onOperatorMachine,
  type Places,
  restoreSettings,
  recordSettings,
} from "../../src/lab/operator-machine.ts";
import { temporaryFolder } from "../support/programs.ts";

const progress = vi.fn();
let places: Places;

beforeEach(() => {
  progress.mockClear();
  const folder = temporaryFolder();
  places = {
    instances: join(folder, "max_user_instances"),
    namespaces: join(folder, "netns"),
    memory: join(folder, "tripod/found.json"),
    lock: join(folder, "labs.lock"),
  };
  write(128);
});

const write = (limit: number): void => writeFileSync(places.instances, String(limit));
const limit = (): number => Number(readFileSync(places.instances, "utf8"));

async function comes(hosts = 5): Promise<void> {
  await recordSettings(places);
  await raiseInotifyLimit(hosts, { progress }, places);
}

const goes = (...standing: string[]): Promise<void> => restoreSettings(standing, { progress }, places);

test("labs are created and removed one at a time, with a lock that only root can take", async () => {
  const done: string[] = [];
  const work = (name: string) => async () => {
    done.push(`${name} begins`);
    await nextTurn();
    done.push(`${name} ends`);
    // Who may open a file may lock it.
    expect(statSync(places.lock).mode & 0o777).toBe(0o600);
  };
  await Promise.all(["a", "b"].map((name) => onOperatorMachine({ progress }, work(name), places)));
  expect(done.filter((_, index) => index % 2 === 0).map((begins) => begins.replace("begins", "ends"))).toEqual(
    done.filter((_, index) => index % 2 === 1),
  );
});

test("a lab raises the limit for its hosts, reports it, and restores it when it is removed", async () => {
  await comes();
  expect(limit()).toBe(1024);
  expect(progress).toHaveBeenCalledExactlyOnceWith(
    "fs.inotify.max_user_instances of this machine is 1024 instead of 128 while labs exist",
  );
  await goes();
  expect(limit()).toBe(128);
  expect(progress).toHaveBeenLastCalledWith("fs.inotify.max_user_instances of this machine is 128 again");
  expect(existsSync(join(places.memory, ".."))).toBe(false);
});

test("of two labs, the last one restores what the first one found", async () => {
  await comes();
  await comes(90);
  expect(limit()).toBe(2048);
  await goes("other");
  expect(limit()).toBe(2048);
  await goes();
  expect(limit()).toBe(128);
});

test("a sufficient limit is not changed", async () => {
  write(8192);
  await comes();
  await goes();
  expect(limit()).toBe(8192);
  expect(progress).not.toHaveBeenCalled();
});

test("a limit that the operator has changed in the meantime is kept", async () => {
  await comes();
  write(4096);
  await goes();
  expect(limit()).toBe(4096);
});

test("the record of an earlier boot is not restored", async () => {
  await comes();
  const memory = readFileSync(places.memory, "utf8");
  writeFileSync(places.memory, memory.replace(/"boot": ".*"/, '"boot": "an earlier one"'));
  await goes();
  expect(limit()).toBe(1024);
});

test("a limit that cannot be raised is reported, and the hosts start anyway", async () => {
  await recordSettings(places);
  const unwritable = { ...places, instances: "/proc/sys/kernel/random/entropy_avail" };
  await raiseInotifyLimit(50_000, { progress }, unwritable);
  expect(progress.mock.lastCall?.[0]).toMatch(/^warning: .* but it cannot be raised: /);
});

test.each([
  ["goes with the last lab", { before: false, others: false, stays: false }],
  ["stays where it was there before", { before: true, others: false, stays: true }],
  ["stays where it has become somebody else's too", { before: false, others: true, stays: true }],
])("the folder of ip netns %s", async (_, { before, others, stays }) => {
  if (before) mkdirSync(places.namespaces);
  await comes();
  mkdirSync(places.namespaces, { recursive: true });
  if (others) writeFileSync(join(places.namespaces, "somebody"), "");
  await goes();
  expect(existsSync(places.namespaces)).toBe(stays);
});

test("the limit is enough for usual clusters at once, and is raised in steps for large ones", () => {
  expect(inotifyWanted(40, 5)).toBe(1024);
  expect(inotifyWanted(40, 11)).toBe(1024);
  expect(inotifyWanted(300, 40)).toBe(2048);
});

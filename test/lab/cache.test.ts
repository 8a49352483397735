import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { cached, cachePlace } from "../../src/lab/cache.ts";
import { temporaryFolder } from "../support/programs.ts";

beforeEach(() => {
  vi.stubEnv("XDG_CACHE_HOME", temporaryFolder());
  return () => vi.unstubAllEnvs();
});

const quiet = { progress: () => undefined };

/** A busy machine takes its time. */
const PATIENT = { timeout: 20_000 };

test("a cached folder is not built again", async () => {
  const build = vi.fn((folder: string) => writeFile(join(folder, "file"), "text"));
  const first = await cached("thing", { made: "of this" }, quiet, build);
  expect(await cached("thing", { made: "of this" }, quiet, build)).toBe(first);
  expect(build).toHaveBeenCalledTimes(1);
  expect(await readFile(join(first, "file"), "utf8")).toBe("text");
});

test("other inputs yield another folder", async () => {
  const build = () => Promise.resolve();
  const first = await cached("thing", { made: "of this" }, quiet, build);
  expect(await cached("thing", { made: "of that" }, quiet, build)).not.toBe(first);
});

test("two processes that need the same at once build it once, and the second reports that it waits", async () => {
  const progress = vi.fn();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const build = vi.fn(() => held);
  const first = cached("thing", 1, quiet, build);
  await vi.waitFor(() => expect(build).toHaveBeenCalled(), PATIENT);
  const second = cached("thing", 1, { progress }, build);
  await vi.waitFor(
    () => expect(progress).toHaveBeenCalledWith("waiting for another process that creates thing"),
    PATIENT,
  );
  release();
  expect(await second).toBe(await first);
  expect(build).toHaveBeenCalledTimes(1);
});

test("a failed build is removed, and the next one starts from scratch", async () => {
  const place = cachePlace("thing", 1);
  await mkdir(`${place}.partial`, { recursive: true });
  await writeFile(join(`${place}.partial`, "of-a-killed-process"), "");
  const seen: string[][] = [];
  const failing = async (folder: string) => {
    seen.push(readdirSync(folder));
    await writeFile(join(folder, "half"), "");
    throw new Error("no network");
  };
  await expect(cached("thing", 1, quiet, failing)).rejects.toThrow("no network");
  expect(seen).toEqual([[]]);
  expect([existsSync(place), existsSync(`${place}.partial`)]).toEqual([false, false]);
});

test("Ctrl-C while waiting for another process's build ends the wait", async () => {
  let release = (): void => undefined;
  const build = vi.fn(() => new Promise<void>((resolve) => (release = resolve)));
  const first = cached("thing", 1, quiet, build);
  await vi.waitFor(() => expect(build).toHaveBeenCalled(), PATIENT);
  const stop = new AbortController();
  const second = cached("thing", 1, { progress: () => stop.abort(), signal: stop.signal }, () => Promise.resolve());
  await expect(second).rejects.toMatchObject({ name: "AbortError" });
  release();
  await first;
});

import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { Connection } from "../../src/remote/connection.ts";
import { putFile, putFiles, putLocalFile } from "../../src/remote/files.ts";
import { localConnection } from "../support/local-connection.ts";
import { Secret } from "../../src/secret.ts";
import { because, temporaryFolder } from "../support/programs.ts";
import { failure } from "../support/sshd.ts";

const local = localConnection();
const notRoot = process.getuid?.() === 0 ? undefined : "needs root";
const { username } = userInfo();
const mine = { owner: username, group: execFileSync("id", ["-gn"]).toString().trim() };
const read = (path: string) => readFileSync(path, "utf8");
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

const story = (name: string, tell: () => Promise<void>) => test.skipIf(notRoot)(name + because(notRoot), tell);

/** The same machine over a line that breaks after so many bytes of input. */
const breakingAfter = (bytes: number): Connection => ({
  ...local,
  run: (script, options) => local.run(script, { ...options, input: (options?.input as Buffer).subarray(0, bytes) }),
});

story("a file arrives with its content, its mode and its owner", async () => {
  const path = join(temporaryFolder(), "it's a file");
  await putFile(local, { path, content: "text\n", mode: 0o640, ...mine });
  expect([read(path), mode(path)]).toEqual(["text\n", "640"]);
});

story("bytes and secrets arrive as they are, empty files too", async () => {
  const folder = temporaryFolder();
  const bytes = randomBytes(300_000);
  await putFiles(local, [
    { path: join(folder, "bytes"), content: bytes, mode: 0o755 },
    { path: join(folder, "empty"), content: "", mode: 0o644 },
    { path: join(folder, "key"), content: new Secret("-----BEGIN"), mode: 0o600 },
  ]);
  expect(readFileSync(join(folder, "bytes")).equals(bytes)).toBe(true);
  expect([read(join(folder, "empty")), read(join(folder, "key"))]).toEqual(["", "-----BEGIN"]);
  expect(["bytes", "empty", "key"].map((name) => mode(join(folder, name)))).toEqual(["755", "644", "600"]);
});

story("many files are one round trip, and neither they nor their digests are in the script", async () => {
  const folder = temporaryFolder();
  const scripts: string[] = [];
  const connection = localConnection({ observer: ({ script }) => scripts.push(script) });
  await putFiles(
    connection,
    Array.from({ length: 30 }, (_, n) => ({
      path: join(folder, `f${n}`),
      content: new Secret("hunter2"),
      mode: 0o600,
    })),
  );
  expect(connection.traffic.commands).toBe(1);
  expect(scripts.join()).not.toMatch(/hunter2|f52fbd32b2b3b86ff88ef6c490628285/);
  expect(readdirSync(folder)).toHaveLength(30);
});

story("a file replaces an old one, or a link, atomically", async () => {
  const folder = temporaryFolder();
  const [old, link, target] = ["old", "link", "target"].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(old, "old", { mode: 0o777 });
  writeFileSync(target, "not touched");
  symlinkSync(target, link);
  await putFiles(
    local,
    [old, link].map((path) => ({ path, content: "new", mode: 0o600 })),
  );
  expect([read(old), mode(old), read(link), read(target)]).toEqual(["new", "600", "new", "not touched"]);
});

story("a connection that breaks during the transfer leaves the old files unchanged and no temporary ones", async () => {
  const folder = temporaryFolder();
  const files = ["a", "b"].map((name) => ({
    path: join(folder, name),
    content: `new ${name}`.repeat(1000),
    mode: 0o600,
  }));
  for (const { path } of files) writeFileSync(path, "old");
  for (const bytes of [0, 3000, 5000, 5064, 7000, 10_065]) {
    expect(await failure(putFiles(breakingAfter(bytes), files))).toMatchObject({ code: "E_COMMAND" });
    expect(files.map(({ path }) => read(path))).toEqual(["old", "old"]);
    expect(readdirSync(folder).sort()).toEqual(["a", "b"]);
  }
});

story("a full disk leaves the old file unchanged and no temporary one", async () => {
  const folder = temporaryFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", folder]);
  onTestFinished(() => void spawnSync("umount", [folder]));
  const path = join(folder, "f");
  await putFile(local, { path, content: "old", mode: 0o600 });
  const error = await failure(putFile(local, { path, content: Buffer.alloc(100_000), mode: 0o600 }));
  expect(error).toMatchObject({
    code: "E_COMMAND",
    message: `could not write ${path}`,
    details: { host: "localhost", hint: "free space on that file system, then run the same command again" },
  });
  expect(error.details.why).toContain("No space left on device");
  expect([read(path), readdirSync(folder)]).toEqual(["old", ["f"]]);
});

story("the error names the cause: a missing folder, a folder in the file's place, an unknown owner", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "d"));
  const put = (path: string, owner?: string) => failure(putFile(local, { path, content: "", mode: 0o600, owner }));
  expect((await put(join(folder, "none/f"))).details.why).toContain(`cannot write ${folder}/none/f`);
  expect((await put(join(folder, "d"))).details.why).toMatch(/directory[^]*cannot write .*\/d$/);
  expect((await put(join(folder, "f"), "no-such-user")).details.why).toMatch(/no-such-user/);
  expect(readdirSync(folder)).toEqual(["d"]);
});

story("a large local file arrives completely, and its progress is reported", async () => {
  const folder = temporaryFolder();
  const localPath = join(folder, "kubelet");
  const bytes = randomBytes(5_000_000);
  writeFileSync(localPath, bytes);
  const told: number[] = [];
  await putLocalFile(local, {
    localPath,
    path: join(folder, "copy"),
    mode: 0o755,
    progress: (sent, total) => told.push(sent / total),
  });
  expect(readFileSync(join(folder, "copy")).equals(bytes)).toBe(true);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
});

test("a large file is read no faster than the host receives it", async () => {
  const localPath = join(temporaryFolder(), "kubelet");
  writeFileSync(localPath, randomBytes(8_000_000));
  let sent = 0;
  const slow: Connection = {
    ...local,
    run: async (_, options) => {
      const input = (options?.input as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      await input.next();
      expect(sent).toBeLessThan(4_000_000);
      while (!(await input.next()).done);
      expect(sent).toBe(8_000_000);
      return { code: 0, stdout: "", stderr: "" };
    },
  };
  await putLocalFile(slow, { localPath, path: "/x", mode: 0o755, progress: (bytes) => (sent = bytes) });
});

test("a local file that cannot be read is a local error, not the host's", async () => {
  expect(await failure(putLocalFile(local, { localPath: "/no/such/file", path: "/x", mode: 0o755 }))).toMatchObject({
    code: "E_LOCAL",
    message: "cannot read /no/such/file",
  });
});

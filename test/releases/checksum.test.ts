import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checksumOf, parseChecksums } from "../../src/releases/checksum.ts";
import { temporaryFolder } from "../support/programs.ts";
import { failure } from "../support/sshd.ts";

const [A, B] = ["a".repeat(64), "b".repeat(64)];
const ARTIFACT = {
  ...{
    name: "etcd",
    version: "3.6.14",
    url: "https://releases.invalid/etcd.tar.gz",
    checksums: "https://releases.invalid/SUMS",
  },
  files: [],
};

test.each([
  ["Kubernetes: the digest alone", A, A],
  ["with a line end", `${A}\n`, A],
  ["etcd: a line for each file", `${B}  etcd.zip\n${A}  etcd.tar.gz\n`, A],
  [
    "runc: inside of a signature",
    `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${A} *etcd.tar.gz\n${B} *runc.arm64\n`,
    A,
  ],
  ["one line, of this file", `${A}  etcd.tar.gz\n`, A],
  ["one line, of another file", `${A}  etcd.zip\n`, undefined],
  ["other files only", `${A}  one\n${B}  two\n`, undefined],
  ["a page that says no", "<html>not found</html>", undefined],
  ["nothing", "", undefined],
])("a checksum file is understood: %s", (_, text, digest) => {
  expect(parseChecksums(text, "etcd.tar.gz")).toBe(digest);
});

let cache: string;
beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
});
afterEach(() => vi.unstubAllEnvs());
const { signal } = new AbortController();

test("a checksum that was fetched once needs no network again", async () => {
  const folder = join(cache, "tripod/checksums");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, encodeURIComponent(ARTIFACT.url)), A);
  expect(await checksumOf(ARTIFACT, { signal })).toBe(A);
});

test("a source that cannot be reached is named, with what to do, and nothing is kept", async () => {
  const error = await failure(checksumOf(ARTIFACT, { signal }));
  expect(error).toMatchObject({ code: "E_LOCAL", message: "cannot fetch https://releases.invalid/SUMS" });
  expect(error.details.hint).toContain("software.mirrors");
  expect(readdirSync(cache)).toEqual([]);
});

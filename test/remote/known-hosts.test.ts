import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lookupHost } from "../../src/remote/known-hosts.ts";
import { because, missingPrograms, temporaryFolder } from "../support/programs.ts";
import { newKey } from "../support/sshd.ts";

const ED25519 = newKey().public;
const RSA = newKey("rsa").public;
const noKeygen = missingPrograms("ssh-keygen");

function knownHosts(...lines: string[]): string {
  const file = join(temporaryFolder(), "known_hosts");
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return file;
}

/** Types and lines of the keys recorded for a host. */
async function recorded(file: string, host: string, port = 22): Promise<string[]> {
  return (await lookupHost([file], host, port)).keys.map(({ type, line }) => `${line} ${type}`);
}

test("a host has all the keys that are recorded for it, each with its file and line", async () => {
  const first = knownHosts("# a comment", "", `m1,10.0.0.1 ${ED25519} root@m1`, `m2 ${ED25519}`);
  const second = knownHosts(`10.0.0.1 ${RSA}`);
  const { keys } = await lookupHost([first, "/no/such/file", second], "10.0.0.1", 22);
  expect(keys).toEqual([
    { type: "ssh-ed25519", key: Buffer.from(ED25519.split(" ")[1] ?? "", "base64"), file: first, line: 3 },
    { type: "ssh-rsa", key: Buffer.from(RSA.split(" ")[1] ?? "", "base64"), file: second, line: 1 },
  ]);
});

test("another port is another host", async () => {
  const file = knownHosts(`m1 ${ED25519}`, `[m1]:2222 ${RSA}`);
  expect(await recorded(file, "m1")).toEqual(["1 ssh-ed25519"]);
  expect(await recorded(file, "m1", 2222)).toEqual(["2 ssh-rsa"]);
  expect(await recorded(file, "m1", 2223)).toEqual([]);
});

test("patterns match complete names, ignoring case, and a negated pattern excludes its line", async () => {
  const file = knownHosts(`*.Example.com,!db.example.com ${ED25519}`, `10.0.0.? ${RSA}`, `[*]:2222 ${RSA}`);
  expect(await recorded(file, "M1.example.COM")).toEqual(["1 ssh-ed25519"]);
  expect(await recorded(file, "db.example.com")).toEqual([]);
  expect(await recorded(file, "m1.example.com.evil.org")).toEqual([]);
  expect(await recorded(file, "10.0.0.7")).toEqual(["2 ssh-rsa"]);
  expect(await recorded(file, "10.0.0.17")).toEqual([]);
  expect(await recorded(file, "10x0.0.7")).toEqual([]);
  expect(await recorded(file, "anything", 2222)).toEqual(["3 ssh-rsa"]);
});

test.skipIf(noKeygen)(`names hashed by ssh-keygen are found as ssh-keygen finds them${because(noKeygen)}`, async () => {
  const file = knownHosts(`m1,10.0.0.1 ${ED25519}`, `[m1]:2222 ${RSA}`, `m2 ${RSA}`);
  execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
  for (const [host, port] of [
    ["m1", 22],
    ["10.0.0.1", 22],
    ["m1", 2222],
    ["m2", 22],
  ] as const) {
    const name = port === 22 ? host : `[${host}]:${port}`;
    const found = execFileSync("ssh-keygen", ["-F", name, "-f", file]).toString();
    const lines = [...found.matchAll(/found: line (\d+)/g)].map(([, line]) => line);
    expect(lines.length).toBeGreaterThan(0);
    expect((await recorded(file, host, port)).map((each) => each.split(" ")[0])).toEqual(lines);
  }
  expect(await recorded(file, "m3")).toEqual([]);
});

test("revoked keys and certificate authorities are separate from recorded keys", async () => {
  const file = knownHosts(`@revoked * ${ED25519}`, `@cert-authority *.example.com ${RSA}`, `@something-new * ${RSA}`);
  const known = await lookupHost([file], "m1.example.com", 22);
  expect(known.keys).toEqual([]);
  expect(known.revoked).toMatchObject([{ type: "ssh-ed25519", line: 1 }]);
  expect(known.authorities).toMatchObject([{ type: "ssh-rsa", line: 2 }]);
});

test("invalid lines are ignored", async () => {
  const file = knownHosts(
    "m1",
    "m1 ssh-ed25519",
    "m1 ssh-ed25519 not-a-key",
    `m1 ssh-rsa ${ED25519.split(" ")[1]}`,
    `m1 ${ED25519}`,
  );
  expect(await recorded(file, "m1")).toEqual(["5 ssh-ed25519"]);
});

test.skipIf(process.getuid?.() === 0)("a file that may not be read is named (not checked as root)", async () => {
  const file = knownHosts(`m1 ${ED25519}`);
  chmodSync(file, 0);
  await expect(lookupHost([file], "m1", 22)).rejects.toMatchObject({ code: "E_LOCAL", message: `cannot read ${file}` });
});

test("a folder instead of a file is an error that names it", async () => {
  const folder = temporaryFolder();
  await expect(lookupHost([folder], "m1", 22)).rejects.toMatchObject({
    code: "E_LOCAL",
    message: `cannot read ${folder}`,
  });
});

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import { parsePublicKey } from "../../src/releases/openpgp.ts";
import { repositoryKey } from "../../src/releases/repository-key.ts";
import { because, missingPrograms, temporaryFolder } from "../support/programs.ts";
import { failure } from "../support/sshd.ts";

const reason = missingPrograms("gpg");

/** A key that gpg makes; its armored text, and what gpg says its fingerprint is. */
function keyOf(algorithm: string): { text: string; fingerprint: string } {
  const home = temporaryFolder();
  const gpg = (...argv: string[]) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...argv], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  gpg("--passphrase", "", "--quick-generate-key", "A repository <repository@example.org>", algorithm, "sign", "never");
  const text = gpg("--armor", "--export");
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--list-keys"))?.[1] ?? "";
  execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
  return { text, fingerprint };
}

const BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

describe.skipIf(reason)(`a key that gpg has made${because(reason)}`, () => {
  test.each(["rsa2048", "ed25519"])("has the fingerprint that gpg prints: %s", (algorithm) => {
    const { text, fingerprint } = keyOf(algorithm);
    expect(parsePublicKey(text).fingerprint).toBe(fingerprint);
    const headers = text.replace(BEGIN, `said before\r\n${BEGIN}\r\nVersion: GnuPG v2.0.15 (GNU/Linux)`);
    expect(parsePublicKey(headers)).toEqual({ fingerprint, armored: text });
  });

  test("is written as gpg exports it, checksum included", () => {
    const { text } = keyOf("ed25519");
    expect(parsePublicKey(text).armored).toBe(text);
  });

  test("beside a second key is refused: a package manager would trust both", () => {
    const [one, other] = [keyOf("ed25519").text, keyOf("ed25519").text];
    expect(() => parsePublicKey(one + other)).toThrow("it has 2 public key blocks instead of one");
    const bytes = (text: string) =>
      Buffer.from(
        text
          .split("\n")
          .filter((line) => /^[^-=]/.test(line))
          .join(""),
        "base64",
      );
    const both = Buffer.concat([bytes(one), bytes(other)]).toString("base64");
    const block = `${BEGIN}\n\n${both}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
    expect(() => parsePublicKey(block)).toThrow("it contains more than one public key");
  });

  test("is accepted from a server only where its fingerprint is the expected one", async () => {
    const { text, fingerprint } = keyOf("ed25519");
    const { url, access } = await serving(text);
    const spaced = fingerprint.toLowerCase().replace(/.{4}(?!$)/g, "$& ");
    expect(await repositoryKey(url, spaced, access)).toBe(text);
    const error = await failure(repositoryKey(url, "A".repeat(40), access));
    expect(error).toMatchObject({
      code: "E_REFUSED",
      message: `the key of the package repository ${url} is another one`,
      details: { why: `wanted:  ${"A".repeat(40)}\nfetched: ${fingerprint}` },
    });
    expect(error.details.hint).toContain("software.packageRepository.fingerprint");
  });
});

test.each([
  ["a page", "<html>not found</html>", "it has 0 public key blocks instead of one"],
  ["a block without an end", `${BEGIN}\n\nmQ==\n`, "its public key block does not end"],
  ["another text", `${BEGIN}\n\n?\n-----END PGP PUBLIC KEY BLOCK-----`, "its public key block is not in base64"],
  ["a signature", `${BEGIN}\n\niAEA\n-----END PGP PUBLIC KEY BLOCK-----`, "it does not begin with a public key"],
  ["a part of a key", `${BEGIN}\n\nmQENBA==\n-----END PGP PUBLIC KEY BLOCK-----`, "it is cut off"],
  ["a key of version 6", `${BEGIN}\n\nxgEG\n-----END PGP PUBLIC KEY BLOCK-----`, "its public key has version 6"],
])("%s instead of a key is refused with the reason", async (_, text, why) => {
  expect(() => parsePublicKey(text)).toThrow(why);
  const { url, access } = await serving(text);
  expect(await failure(repositoryKey(url, "A".repeat(40), access))).toMatchObject({
    code: "E_REFUSED",
    message: `${url} is not the public key of a package repository`,
  });
});

test("a repository that cannot be reached is named, with what to do", async () => {
  const { signal } = new AbortController();
  const error = await failure(repositoryKey("https://packages.invalid/Release.key", "A".repeat(40), { signal }));
  expect(error).toMatchObject({
    code: "E_LOCAL",
    message: expect.stringContaining("cannot fetch https://packages.invalid/Release.key") as string,
  });
  expect(error.details.hint).toContain("software.packageRepository");
});

/** A server on this machine that has this text, with a certificate of its own. */
async function serving(text: string) {
  const now = new Date();
  const lasting = { keys: "ecdsa-p256", validityDays: 2 } as const;
  const authority = await createAuthority({ commonName: "mirror", ...lasting }, now);
  const request = { commonName: "m", sans: ["127.0.0.1"], usages: ["serverAuth"], ...lasting } as const;
  const { certificate, key } = await issue(authority, request, now);
  const server = createServer({ cert: certificate, key: key.reveal() }, (_, response) => response.end(text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { signal } = new AbortController();
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/Release.key`;
  return { url, access: { signal, ca: authority.certificate } };
}

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { TripodErrors } from "../../src/errors.ts";
import { parseInventory } from "../../src/inventory/load.ts";
import { shown } from "../../src/inventory/shown.ts";

function mistakes(text: string): string {
  try {
    parseInventory(text, "x.yaml");
  } catch (error) {
    if (error instanceof TripodErrors) return `${error.explain()}\n${JSON.stringify(error.errors)}`;
    throw error;
  }
  throw new Error("it was accepted");
}

const SMALL = `name: small
kubernetes: { version: "1.36.3" }
loadBalancer: { vip: 10.0.0.10 }
masters:
  - { name: m1, address: 10.0.0.11 }
`;

/** Made for this test, by openssl: what a person may give by mistake. */
const KEY = execFileSync("openssl", ["genpkey", "-algorithm", "ed25519"], { encoding: "utf8" });
const LONG_KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU".repeat(60).replace(/.{70}/g, "$&\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
const ENCRYPTED = LONG_KEY.replaceAll("OPENSSH", "RSA").replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n");

/** All that is secret in it, in pieces that would give it away. */
function pieces(key: string): string[] {
  const lines = key.split("\n").filter((line) => line !== "" && !line.includes("-----") && !line.includes(": "));
  return lines.flatMap((line) => line.match(/.{16}/g) ?? []);
}

function indented(key: string): string {
  return key.replace(/^/gm, "    ");
}

test.each([
  ["given as the inventory", KEY, KEY],
  ["of the long kind, given as the inventory", LONG_KEY, LONG_KEY],
  ["of the old kind, given as the inventory", ENCRYPTED, ENCRYPTED],
  ["given as the name of its file", `${SMALL}ssh:\n  key: |\n${indented(KEY)}`, KEY],
  ["given as an address", SMALL.replace("10.0.0.10", `"${KEY.replaceAll("\n", "\\n")}"`), KEY],
  ["given as a key", `${SMALL}? |\n${indented(LONG_KEY)}: 1\n`, LONG_KEY],
  ["with a mistake in its middle", `${SMALL}ssh:\n${indented(LONG_KEY)}`, LONG_KEY],
])("a private key %s is not printed", (_, text, key) => {
  const printed = mistakes(text);
  expect(pieces(key).length).toBeGreaterThan(3);
  expect(pieces(key).filter((piece) => printed.includes(piece))).toEqual([]);
});

test.each([
  ["of a proxy", `${SMALL}proxy: { https: "http://me:p@ss%2Fw0rd@proxy.example:3128", no: 1 }\n`],
  ["of a manifest", `${SMALL}network: { manifest: "https://me:p@ss%2Fw0rd@example.org/cni.yaml" }\n`],
  ["of a mirror", `${SMALL}software: { mirrors: { etcd: "ftp://me:p@ss%2Fw0rd@example.org" } }\n`],
  ["given as an address", SMALL.replace("10.0.0.10", "ssh://me:p@ss%2Fw0rd@example.org")],
])("the password in the URL %s is not printed", (_, text) => {
  const printed = mistakes(text);
  expect(printed).toContain("://me:***@");
  expect(printed).not.toMatch(/w0rd|p@ss/);
});

test("of a long value the first sixty characters are shown", () => {
  expect(shown("x".repeat(61))).toBe(`"${"x".repeat(60)}…"`);
  expect(mistakes(SMALL.replace("small", "X".repeat(5000)))).toContain(`\`name\`: "${"X".repeat(60)}…" is not a DNS`);
  expect(mistakes(`${SMALL}${"x".repeat(900)}: 1\n`)).toContain(`unknown key \`${"x".repeat(60)}…\``);
});

test("values other than text are shown by type", () => {
  expect([[1], { a: 1 }, 12, true].map(shown)).toEqual(["a list", "a map of keys", "12", "true"]);
});

test("an invisible character is shown in a value, in a key and in the line", () => {
  const printed = mistakes(SMALL.replace("m1", "m1\u200B").replace("vip", "vi\u202Ep"));
  expect(printed).toContain('`masters[0].name`: "m1\\u200b" is not a hostname');
  expect(printed).toContain("unknown key `vi\\u202ep`, did you mean `vip`?");
  expect(printed).toContain("  loadBalancer: { vi\\u202ep: 10.0.0.10 }\n                  ^");
  expect(printed).not.toMatch(/[\u200B\u202E]/);
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import type { CertificateFiles } from "../../src/pki/files.ts";
import { privateFile, publicFile } from "../../src/pki/files.ts";
import { certificate } from "../../src/resources/certificate.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { changesIn, walk } from "../support/walk.ts";

const now = new Date();
const settings = { keys: "ecdsa-p256", validityDays: 365 } as const;
const [authority, another] = await Promise.all(
  ["etcd-ca", "etcd-ca"].map((commonName) => createAuthority({ commonName, ...settings }, now)),
);
if (!authority || !another) throw new Error("no authority was made");

const files: CertificateFiles = {
  certificate: publicFile("/etc/pki/server.crt"),
  key: privateFile("/etc/pki/server.key"),
  request: { commonName: "m1", usages: ["serverAuth"], sans: ["m1", "10.0.0.11"], ...settings },
};
const wanted = (ca = authority, request = files.request) => [
  certificate({ files: { ...files, request }, authority: ca, renewBefore: 30 }),
];
const made = `CN=m1 (serverAuth; ecdsa-p256; 365 days, for m1, 10.0.0.11)`;

async function issued(machine: ThrowAwayMachine): Promise<string> {
  machine.write("/etc/pki/.keep", "");
  await walk(machine.host, wanted());
  return machine.read(files.certificate.path);
}

machineStory("a certificate is issued once and then kept", async (machine) => {
  machine.write("/etc/pki/.keep", "");
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([{ field: "certificate", from: "missing", to: made }]);
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
});

machineStory("a pair of which only the key was written is issued again", async (machine) => {
  const before = await issued(machine);
  const half = await issue(authority, files.request, now);
  machine.write(files.key.path, half.key.reveal(), 0o600);
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([
    { field: "certificate", from: "the key does not belong to the certificate", to: made },
  ]);
  expect(machine.read(files.certificate.path)).not.toBe(before);
});

machineStory("a key without its certificate is replaced, a certificate without its key too", async (machine) => {
  for (const path of [files.certificate.path, files.key.path]) {
    await issued(machine);
    rmSync(join(machine.root, path));
    expect(changesIn(await walk(machine.host, wanted()))).toHaveLength(1);
    expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
  }
});

machineStory("another authority and another name are reasons, and all reasons are shown", async (machine) => {
  await issued(machine);
  const request = { ...files.request, sans: ["m1", "10.0.0.12"] };
  expect(changesIn(await walk(machine.host, wanted(another, request), "plan"))).toMatchObject([
    { from: "signed by another CA; SAN 10.0.0.12 is missing; SAN 10.0.0.11 is no longer wanted" },
  ]);
});

machineStory("a wrong mode is repaired without a new certificate", async (machine) => {
  const before = await issued(machine);
  await machine.connection.run(`chmod 644 ${files.key.path}`);
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([
    { field: `mode of ${files.key.path}`, from: "644 root:root", to: "600 root:root" },
  ]);
  expect(machine.read(files.certificate.path)).toBe(before);
});

import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Host } from "../../src/host.ts";
import { authority, serviceAccountKeys } from "../../src/phases/authorities.ts";
import { file } from "../../src/resources/file.ts";
import { createAuthority } from "../../src/pki/authority.ts";
import { etcdAuthority } from "../../src/pki/etcd.ts";
import { serviceAccountFiles } from "../../src/pki/kubernetes.ts";
import { atHand, type KeptSecret, type Secret } from "../../src/secret.ts";
import { impatient } from "../support/working.ts";
import { testCluster } from "../support/cluster.ts";
import { testContext } from "../support/context.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";

const cluster = testCluster();
const create = (now: Date) => createAuthority({ commonName: "etcd-ca", keys: "ecdsa-p256", validityDays: 10 }, now);
const [ours, theirs] = await Promise.all([create(new Date()), create(new Date())]);
const crt = etcdAuthority.certificate.path;
const key = etcdAuthority.key.path;

type Files = Readonly<Record<string, string>>;
const whole = (pair: typeof ours): Files => ({ [crt]: pair.certificate, [key]: pair.key.reveal() });

/** What has come from masters to us, each as `m1 /path`. */
let sent: string[] = [];
beforeEach(() => (sent = []));

/** Masters that have these files, m1's first. */
function masters(...files: readonly Files[]): Host[] {
  return cluster.masters.map((machine, index) => {
    const answer = (script: string) => {
      const [, path = ""] = /f=(\S+);/.exec(script) ?? [];
      const text = files[index]?.[path];
      if (text === undefined) return { code: 1 };
      if (script.includes("sha256sum")) return `${createHash("sha256").update(text).digest("hex")}  -\n`;
      sent.push(`${machine.name} ${path}`);
      return `600 root:root\n${text}`;
    };
    return scriptedHost({ machine, answer });
  });
}

function found(...files: readonly Files[]) {
  return authority(testContext(cluster, masters(...files)), etcdAuthority, create);
}

const opened = async (secret: Secret | KeptSecret) => (await atHand(secret)).reveal();

describe("an authority", () => {
  it("is created where no master has one", async () => {
    const made = await found();
    expect(made.certificate).toContain("BEGIN CERTIFICATE");
    expect([ours.certificate, theirs.certificate]).not.toContain(made.certificate);
  });

  it.each([
    ["the first", [whole(ours), {}, {}]],
    ["another, because the first was replaced", [{}, {}, whole(ours)]],
    ["all", [whole(ours), whole(ours), whole(ours)]],
    ["one, and another has only the certificate yet", [{ [crt]: ours.certificate }, whole(ours), {}]],
    ["one, and another has only the key yet", [{ [key]: ours.key.reveal() }, whole(ours), {}]],
  ])("is the one that %s carries", async (_, files) => {
    const kept = await found(...files);
    expect([kept.certificate, await opened(kept.key)]).toEqual([ours.certificate, ours.key.reveal()]);
  });

  it("of which only the key was written is created again: nothing trusts it yet", async () => {
    const made = await found({ [key]: ours.key.reveal() });
    expect(await opened(made.key)).not.toBe(ours.key.reveal());
  });

  it("is not chosen where two masters have different ones", async () => {
    const error = await failure(found(whole(ours), {}, whole(theirs)));
    expect(error).toMatchObject({
      code: "E_REFUSED",
      message: `${crt} on m3 differs from the one on m1`,
      details: { host: "m3", origin: { line: 13 }, hint: expect.stringContaining("another cluster") as string },
    });
    expect(error.details.why).toMatch(/^m1: [0-9a-f]{16}…\nm3: [0-9a-f]{16}…$/);
    expect(error.explain()).not.toContain("PRIVATE KEY");
  });

  it("is not chosen where a certificate alone contradicts it", async () => {
    expect(await failure(found(whole(ours), { [crt]: theirs.certificate }))).toMatchObject({
      code: "E_REFUSED",
      message: `${crt} on m2 differs from the one on m1`,
    });
  });

  it("whose key is missing is not created again: hosts trust the old one", async () => {
    expect(await failure(found({}, { [crt]: ours.certificate }))).toMatchObject({
      code: "E_REFUSED",
      message: `no master has ${key}, but m2 has its certificate`,
      details: { host: "m2", hint: expect.stringContaining(key) as string },
    });
  });

  it("keeps its key where it is as long as nothing is signed, and lets it travel once then", async () => {
    const kept = await found({}, whole(ours), whole(ours));
    expect(sent).toEqual([`m2 ${crt}`, `m3 ${crt}`]);
    await Promise.all([opened(kept.key), opened(kept.key)]);
    expect(sent.slice(2)).toEqual([`m2 ${key}`]);
  });

  it("that a master already has is shown with that master's name on the others", async () => {
    const { key: content } = await found({}, whole(ours));
    const inspection = await file({ path: key, content, mode: 0o600 }).inspect(
      masters({})[0] ?? expect.unreachable(),
      impatient,
    );
    expect(inspection.changes(new Set())).toContainEqual({
      field: "content",
      from: "absent",
      to: "*** (adopted from m2)",
    });
    expect(sent).not.toContain(`m2 ${key}`);
  });

  it("whose key is replaced during a run signs nothing", async () => {
    const files: Record<string, string> = { ...whole(ours) };
    const { key: kept } = await found(files);
    files[key] = theirs.key.reveal();
    expect(await failure(opened(kept))).toMatchObject({ code: "E_REFUSED", details: { host: "m1" } });
  });

  it("is read once, however many steps need it", async () => {
    const context = testContext(cluster, masters());
    const [one, other] = await Promise.all([1, 2].map(() => authority(context, etcdAuthority, create)));
    expect(one).toBe(other);
  });
});

describe("the keys of service accounts", () => {
  const files: Files = { [serviceAccountFiles.key.path]: "private", [serviceAccountFiles.publicKey.path]: "public" };

  it("are those that a master has", async () => {
    const keys = await serviceAccountKeys(testContext(cluster, masters({}, files)));
    expect([await opened(keys.key), keys.publicKey]).toEqual(["private", "public"]);
  });

  it("are created where no master has any", async () => {
    const keys = await serviceAccountKeys(testContext(cluster, masters()));
    expect([await opened(keys.key), keys.publicKey].join()).toMatch(/PRIVATE KEY[^]*PUBLIC KEY/);
  });
});

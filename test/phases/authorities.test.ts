import { describe, expect, it } from "vitest";
import type { Host } from "../../src/host.ts";
import { authority, serviceAccountKeys } from "../../src/phases/authorities.ts";
import { createAuthority } from "../../src/pki/authority.ts";
import { etcdAuthority } from "../../src/pki/etcd.ts";
import { serviceAccountFiles } from "../../src/pki/kubernetes.ts";
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

/** Masters that have these files, m1's first. */
function masters(...files: readonly Files[]): Host[] {
  return cluster.masters.map((machine, index) => {
    const answer = (script: string) => {
      const [, path = ""] = /f=(\S+);/.exec(script) ?? [];
      const text = files[index]?.[path];
      return text === undefined ? { code: 1 } : `600 root:root\n${text}`;
    };
    return scriptedHost({ machine, answer });
  });
}

async function found(...files: readonly Files[]): Promise<typeof ours> {
  return authority(testContext(cluster, masters(...files)), etcdAuthority, create);
}

describe("an authority", () => {
  it("is made where no master carries one", async () => {
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
    expect([kept.certificate, kept.key.reveal()]).toEqual([ours.certificate, ours.key.reveal()]);
  });

  it("that was half written, the key first, is made anew: nobody has trusted it yet", async () => {
    const made = await found({ [key]: ours.key.reveal() });
    expect(made.key.reveal()).not.toBe(ours.key.reveal());
  });

  it("is not chosen where two masters carry different ones", async () => {
    const error = await failure(found(whole(ours), {}, whole(theirs)));
    expect(error).toMatchObject({
      code: "E_REFUSED",
      message: `${crt} on m3 is not the one on m1`,
      details: { host: "m3", origin: { line: 13 }, hint: expect.stringContaining("another cluster") as string },
    });
    expect(error.details.why).toMatch(/^m1: [0-9a-f]{16}…\nm3: [0-9a-f]{16}…$/);
    expect(error.explain()).not.toContain("PRIVATE KEY");
  });

  it("is not chosen where a certificate alone contradicts it", async () => {
    expect(await failure(found(whole(ours), { [crt]: theirs.certificate }))).toMatchObject({
      code: "E_REFUSED",
      message: `${crt} on m2 is not the one on m1`,
    });
  });

  it("whose key is nowhere is not made anew over the head of those who trust it", async () => {
    expect(await failure(found({}, { [crt]: ours.certificate }))).toMatchObject({
      code: "E_REFUSED",
      message: `${key} is on no master, but its certificate is on m2`,
      details: { host: "m2", hint: expect.stringContaining(key) as string },
    });
  });

  it("is looked for once, however many ask", async () => {
    const context = testContext(cluster, masters());
    const [one, other] = await Promise.all([1, 2].map(() => authority(context, etcdAuthority, create)));
    expect(one).toBe(other);
  });
});

describe("the keys of service accounts", () => {
  const files: Files = { [serviceAccountFiles.key.path]: "private", [serviceAccountFiles.publicKey.path]: "public" };

  it("are those that a master carries", async () => {
    const keys = await serviceAccountKeys(testContext(cluster, masters({}, files)));
    expect([keys.key.reveal(), keys.publicKey]).toEqual(["private", "public"]);
  });

  it("are made where no master carries any", async () => {
    const keys = await serviceAccountKeys(testContext(cluster, masters()));
    expect([keys.key.reveal(), keys.publicKey].join()).toMatch(/PRIVATE KEY[^]*PUBLIC KEY/);
  });
});

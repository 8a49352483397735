import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { TripodError } from "../../src/errors.ts";
import { type CertificateRequest, createAuthority, issue } from "../../src/pki/authority.ts";
import type { KeyAlgorithm } from "../../src/pki/keys.ts";
import { Secret } from "../../src/secret.ts";
import { describeCertificate, openssl, verifyStrictly } from "./openssl.ts";

const now = new Date("2026-08-01T12:00:00Z");
const inAYear = new Date("2027-07-31T12:00:00Z");

const request: CertificateRequest = {
  commonName: "m1",
  usages: ["serverAuth", "clientAuth"],
  sans: ["m1", "10.0.0.11", "localhost", "127.0.0.1", "::1"],
  keys: "ecdsa-p256",
  validityDays: 365,
};
const authorityOf = (keys: KeyAlgorithm) => createAuthority({ commonName: "etcd-ca", keys, validityDays: 3650 }, now);

const pairs: [KeyAlgorithm, KeyAlgorithm][] = [
  ["ecdsa-p256", "ecdsa-p256"],
  ["rsa-2048", "rsa-2048"],
  ["rsa-2048", "ecdsa-p256"],
  ["ecdsa-p256", "rsa-2048"],
];

describe.each(pairs)("a %s authority and a %s certificate", (authorityKeys, keys) => {
  it("pass openssl's strictest check as a server and as a client", async () => {
    const authority = await authorityOf(authorityKeys);
    const { certificate } = await issue(authority, { ...request, keys }, now);

    for (const purpose of ["sslserver", "sslclient"])
      expect(verifyStrictly(certificate, authority.certificate, now, "-purpose", purpose)).toBe("it.crt: OK\n");
    expect(verifyStrictly(authority.certificate, authority.certificate, now)).toBe("it.crt: OK\n");
  });

  it("contain what was requested, as openssl prints them", async () => {
    const authority = await authorityOf(authorityKeys);
    const { certificate } = await issue(authority, { ...request, keys, organization: "system:masters" }, now);
    const text = describeCertificate(certificate);

    expect(text).toContain("Version: 3 (0x2)");
    expect(text).toContain(authorityKeys === "rsa-2048" ? "sha256WithRSAEncryption" : "ecdsa-with-SHA256");
    expect(text).toContain("Issuer: CN = etcd-ca\n");
    expect(text).toContain("Subject: O = system:masters, CN = m1\n");
    expect(text).toContain("Not Before: Aug  1 11:55:00 2026 GMT");
    expect(text).toContain("Not After : Aug  1 12:00:00 2027 GMT");
    expect(text).toContain(keys === "rsa-2048" ? "Public-Key: (2048 bit)" : "NIST CURVE: P-256");
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    const usage = keys === "rsa-2048" ? "Digital Signature, Key Encipherment" : "Digital Signature";
    expect(text).toMatch(new RegExp(`X509v3 Key Usage: critical\\s+${usage}\n`));
    expect(text).toContain("TLS Web Server Authentication, TLS Web Client Authentication");
    expect(text).toContain(
      "DNS:m1, IP Address:10.0.0.11, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
  });

  it("keep their keys in the form kubeadm writes", async () => {
    const { key } = await issue(await authorityOf(authorityKeys), { ...request, keys }, now);
    const kind = keys === "rsa-2048" ? "RSA" : "EC";
    expect(key.reveal()).toMatch(
      new RegExp(`^-----BEGIN ${kind} PRIVATE KEY-----\n[^\r]+\n-----END ${kind} PRIVATE KEY-----\n$`),
    );
    expect(openssl({ key: key.reveal() }, "pkey", "-in", "key", "-check", "-noout")).toContain("Key is valid");
  });
});

describe("an authority", () => {
  it("may sign certificates, by critical extensions", async () => {
    const text = describeCertificate((await authorityOf("rsa-2048")).certificate);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment, Certificate Sign\n/);
  });

  it("made by another tool signs under its own name and key identifier", async () => {
    const key = openssl({}, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
    const subject = [
      "-subj",
      "/O=ACME, Inc./CN=their etcd",
      "-days",
      "36500",
      "-addext",
      "keyUsage=critical,keyCertSign",
    ];
    const certificate = openssl({ key }, "req", "-x509", "-new", "-key", "key", ...subject);

    const issued = await issue({ certificate, key: new Secret(key) }, request, new Date());

    expect(verifyStrictly(issued.certificate, certificate, new Date())).toBe("it.crt: OK\n");
    const identifier = (text: string, which: string) =>
      new RegExp(`${which} Key Identifier: *\n *([0-9A-F:]+)`).exec(text)?.[1];
    expect(identifier(describeCertificate(issued.certificate), "Authority")).toBe(
      identifier(describeCertificate(certificate), "Subject"),
    );
  });

  it("without its own key identifier can sign too", async () => {
    const key = openssl({}, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");
    const bare = ["-addext", "subjectKeyIdentifier=none", "-addext", "authorityKeyIdentifier=none"];
    const certificate = openssl({ key }, "req", "-x509", "-new", "-key", "key", "-subj", "/CN=bare", ...bare);

    const issued = await issue({ certificate, key: new Secret(key) }, request, new Date());

    expect(new X509Certificate(issued.certificate).verify(new X509Certificate(certificate).publicKey)).toBe(true);
  });

  it.each([
    [
      "has expired",
      async () => [await authorityOf("ecdsa-p256"), new Date("2040-01-01")],
      /etcd-ca” cannot sign: it expired on Jul 29/,
    ],
    [
      "has somebody else's key",
      async () => [{ ...(await authorityOf("ecdsa-p256")), key: (await authorityOf("ecdsa-p256")).key }, now],
      /its key does not belong to its certificate/,
    ],
    [
      "is no authority",
      async () => [await issue(await authorityOf("ecdsa-p256"), request, now), now],
      /is not a CA certificate/,
    ],
    [
      "is not a certificate",
      async () => [{ ...(await authorityOf("ecdsa-p256")), certificate: "" }, now],
      /certificate is not valid PEM/,
    ],
    [
      "has a key that was cut short",
      async () => [
        { ...(await authorityOf("ecdsa-p256")), key: new Secret("-----BEGIN EC PRIVATE KEY-----\nMHc") },
        now,
      ],
      /private key is not valid PEM/,
    ],
  ] as const)("that %s signs nothing", async (_, make, message) => {
    const [authority, at] = (await make()) as [Awaited<ReturnType<typeof authorityOf>>, Date];
    const refusal = await issue(authority, request, at).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TripodError);
    expect(refusal).toMatchObject({ code: "E_REFUSED", message: expect.stringMatching(message) as string });
  });
});

describe("a certificate", () => {
  it.each([
    ["2049-12-31T23:59:59Z", "UTCTIME", "491231235959Z"],
    ["2050-01-01T00:00:00Z", "GENERALIZEDTIME", "20500101000000Z"],
  ])("that ends on %s shows it as %s", async (end, type, value) => {
    const start = new Date(new Date(end).getTime() - 365 * 86_400_000);
    const authority = await createAuthority({ commonName: "etcd-ca", keys: "ecdsa-p256", validityDays: 3650 }, start);
    const { certificate } = await issue(authority, request, start);

    expect(openssl({ it: certificate }, "asn1parse", "-in", "it")).toMatch(new RegExp(`${type} +:${value}`));
    expect(verifyStrictly(certificate, authority.certificate, start)).toBe("it.crt: OK\n");
  });

  it("is not valid after its end", async () => {
    const authority = await authorityOf("ecdsa-p256");
    const { certificate } = await issue(authority, { ...request, validityDays: 30 }, now);
    expect(() => verifyStrictly(certificate, authority.certificate, inAYear)).toThrow("certificate has expired");
  });

  it("is valid at once on a host whose clock is five minutes behind", async () => {
    const authority = await authorityOf("ecdsa-p256");
    const { certificate } = await issue(authority, request, now);
    const behind = new Date(now.getTime() - 5 * 60_000);
    expect(verifyStrictly(certificate, authority.certificate, behind)).toBe("it.crt: OK\n");
  });

  it("for a client only is refused as a server's", async () => {
    const authority = await authorityOf("ecdsa-p256");
    const { certificate } = await issue(authority, { ...request, usages: ["clientAuth"], sans: [] }, now);
    expect(() => verifyStrictly(certificate, authority.certificate, now, "-purpose", "sslserver")).toThrow(
      "unsuitable certificate purpose",
    );
    expect(describeCertificate(certificate)).not.toContain("Subject Alternative Name");
  });

  it.each(["", "two words", "10.0.0.300:1", "m1,m2", "-x", "größe"])("never gets “%s” for a name", async (san) => {
    const issued = issue(await authorityOf("ecdsa-p256"), { ...request, sans: [san] }, now);
    await expect(issued).rejects.toThrow("neither a DNS name nor an address");
  });

  it("is readable whatever its key and serial number happen to be", async () => {
    const authority = await authorityOf("ecdsa-p256");
    const issued = await Promise.all(Array.from({ length: 600 }, () => issue(authority, request, now)));

    const certificates = issued.map(({ certificate }) => new X509Certificate(certificate));
    const { publicKey } = new X509Certificate(authority.certificate);
    expect(certificates.every((certificate) => certificate.verify(publicKey))).toBe(true);
    expect(certificates.every(({ serialNumber }) => /^[4-7][0-9A-F]{31}$/.test(serialNumber))).toBe(true);
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(600);
  });

  it("ends its lines as Unix does", async () => {
    const { certificate } = await authorityOf("ecdsa-p256");
    expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n(?:[\w+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/);
  });

  it("does not show its key when it is printed", async () => {
    const pair = await issue(await authorityOf("ecdsa-p256"), request, now);
    expect(JSON.stringify(pair)).toContain('"key":"***"');
  });
});

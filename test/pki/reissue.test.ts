import { beforeAll, describe, expect, it } from "vitest";
import {
  type Authority,
  type CertificateRequest,
  createAuthority,
  issue,
  type KeyPair,
} from "../../src/pki/authority.ts";
import { type CurrentPair, reasonsToReissue } from "../../src/pki/reissue.ts";
import { Secret } from "../../src/secret.ts";
import { openssl } from "./openssl.ts";

const now = new Date("2026-08-01T12:00:00Z");
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

const request: CertificateRequest = {
  commonName: "m1",
  usages: ["serverAuth", "clientAuth"],
  sans: ["m1", "10.0.0.11", "localhost", "127.0.0.1", "::1"],
  keys: "ecdsa-p256",
  validityDays: 365,
};

let authority: Authority;
let other: Authority;
let pair: KeyPair;
beforeAll(async () => {
  const etcd = { commonName: "etcd-ca", keys: "ecdsa-p256", validityDays: 3650 } as const;
  [authority, other] = await Promise.all([createAuthority(etcd, now), createAuthority(etcd, now)]);
  pair = await issue(authority, request, now);
});

const reasons = (current: CurrentPair, wanted: CertificateRequest = request, at = now) =>
  reasonsToReissue(current, wanted, authority.certificate, at, 30);

describe("A certificate is kept", () => {
  it.each<[string, Partial<CertificateRequest>]>([
    ["of a server", {}],
    ["of a client", { usages: ["clientAuth"], sans: [], commonName: "kube-etcd-healthcheck-client" }],
    ["of a server that is no client", { usages: ["serverAuth"] }],
    ["with an RSA key", { keys: "rsa-2048" }],
    ["of somebody in a group", { organization: "system:masters" }],
    [
      "whose name has commas, equals signs and other letters",
      { commonName: 'a,b=c+"d" größe', organization: "ACME, Inc." },
    ],
    ["with an address in a long form", { sans: ["0:0:0:0:0:0:0:1", "2001:DB8::0:1"] }],
    ["with a name given twice", { sans: ["m1", "m1", "::1", "0::1"] }],
    ["with a wildcard", { sans: ["*.example.org", "a_b.example.org"] }],
    ["that lives to see 2050", { validityDays: 9000 }],
    ["that has a day more than is asked for", { validityDays: 31 }],
  ])("when it is just as it was issued: one %s", async (_, change) => {
    const wanted = { ...request, ...change };
    expect(reasons(await issue(authority, wanted, now), wanted)).toEqual([]);
  });

  it("until the day its remaining life falls below the wanted one", () => {
    expect(reasons(pair, request, days(334))).toEqual([]);
    expect(reasons(pair, request, days(336))).toEqual(["expires in 29 days"]);
  });

  it("when only the order of its names has changed", () => {
    expect(reasons(pair, { ...request, sans: request.sans.toReversed() })).toEqual([]);
  });
});

describe("A certificate is issued again because", () => {
  it.each<[string, () => string[]]>([
    ["missing", () => reasons({})],
    ["missing", () => reasons({ key: pair.key })],
    ["the certificate cannot be read", () => reasons({ ...pair, certificate: "-----BEGIN CERTIFICATE-----\nMIIB" })],
    ["the certificate cannot be read", () => reasons({ ...pair, certificate: "" })],
    ["the key is missing", () => reasons({ certificate: pair.certificate })],
    ["the key cannot be read", () => reasons({ ...pair, key: new Secret("") })],
    ["the key does not belong to the certificate", () => reasons({ ...pair, key: other.key })],
    ["key is ecdsa-p256 instead of rsa-2048", () => reasons(pair, { ...request, keys: "rsa-2048" })],
    ["expires in 12 days", () => reasons(pair, request, days(352.5))],
    ["expires in 1 day", () => reasons(pair, request, days(363.5))],
    ["expires within a day", () => reasons(pair, request, days(364.5))],
    ["expired", () => reasons(pair, request, days(365))],
    ["not valid before Aug  1 11:55:00 2026 GMT", () => reasons(pair, request, days(-1))],
    ["SAN 10.0.0.13 is missing", () => reasons(pair, { ...request, sans: [...request.sans, "10.0.0.13"] })],
    ["SAN m1 is no longer wanted", () => reasons(pair, { ...request, sans: request.sans.slice(1) })],
    ["subject is CN=m1 instead of CN=m2", () => reasons(pair, { ...request, commonName: "m2" })],
    ["subject is CN=m1 instead of O=ops, CN=m1", () => reasons(pair, { ...request, organization: "ops" })],
    ["usage clientAuth is no longer wanted", () => reasons(pair, { ...request, usages: ["serverAuth"] })],
  ])("%s", (reason, found) => {
    expect(found()).toEqual([reason]);
  });

  it("usage clientAuth is missing", async () => {
    const server = await issue(authority, { ...request, usages: ["serverAuth"] }, now);
    expect(reasons(server)).toEqual(["usage clientAuth is missing"]);
  });

  it("signed by another CA, even one of the same name", async () => {
    expect(reasons(await issue(other, request, now))).toEqual(["signed by another CA"]);
  });

  it("all of the reasons there are, when there are several", async () => {
    const stranger = await issue(other, { ...request, sans: ["m9"] }, days(-360));
    expect(reasons(stranger, { ...request, sans: ["m1"] })).toEqual([
      "signed by another CA",
      "expires in 5 days",
      "SAN m1 is missing",
      "SAN m9 is no longer wanted",
    ]);
  });

  it("it has no usage", () => {
    const key = openssl({}, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");
    const certificate = openssl({ key }, "req", "-x509", "-new", "-key", "key", "-subj", "/CN=m1", "-days", "36500");
    expect(reasons({ certificate, key: new Secret(key) }, request, new Date())).toEqual([
      "signed by another CA",
      "is valid for 36500 days instead of 365",
      ...request.sans.map((san) => `SAN ${san} is missing`),
      "usage serverAuth is missing",
      "usage clientAuth is missing",
      "key is ecdsa-secp384r1 instead of ecdsa-p256",
    ]);
  });
});

it("An authority that cannot be read is an error, and no reason to reissue", () => {
  expect(() => reasonsToReissue(pair, request, "", now, 30)).toThrow("the certificate is not valid PEM");
});

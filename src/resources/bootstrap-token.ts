import type { Host } from "../host.ts";
import { Secret } from "../secret.ts";
import { kubectl, runKubectl } from "./kubectl.ts";
import { defineResource } from "./resource.ts";

/** What marks a token as ours, so that those of others are left alone. */
export const TOKEN_DESCRIPTION = "Tripod, for the joins of this run";

/** How long a token lives if nobody comes to delete it, ms. */
const TTL = 3_600_000;

/** Lays the token of this run into the cluster (a Secret of type bootstrap.kubernetes.io/token); by stdin. */
export async function layBootstrapToken(leader: Host, token: Secret): Promise<void> {
  const [id = "", secret = ""] = token.reveal().split(".");
  const manifest = {
    apiVersion: "v1",
    kind: "Secret",
    type: "bootstrap.kubernetes.io/token",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    stringData: {
      description: TOKEN_DESCRIPTION,
      "token-id": id,
      "token-secret": secret,
      expiration: new Date(Date.now() + TTL).toISOString().replace(/\.\d+Z$/, "Z"),
      "usage-bootstrap-authentication": "true",
      "usage-bootstrap-signing": "true",
      "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    },
  };
  await runKubectl(leader, "apply -f - >/dev/null", { input: new Secret(JSON.stringify(manifest)) });
}

/** No bootstrap token of ours is left: with one, anybody who can reach the API could join a machine. */
export const noBootstrapTokens = defineResource<{ readonly leader: Host }, readonly string[]>({
  kind: "bootstrap-token",
  name: () => "none left",
  async read(_, { leader }) {
    const list = kubectl(
      leader,
      `-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o jsonpath='{range .items[*]}{.metadata.name} {.data.description}{"\\n"}{end}'`,
    );
    const { stdout } = await leader.read(list);
    const ours = Buffer.from(TOKEN_DESCRIPTION).toString("base64");
    return stdout.split("\n").flatMap((line) => {
      const [name = "", description] = line.split(" ");
      return description === ours ? [name] : [];
    });
  },
  diff: (_, names) =>
    names.map((name) => ({ field: "token", from: name.replace(/^bootstrap-token-/, ""), to: "absent" })),
  async apply(_, { leader }, names) {
    await runKubectl(leader, `-n kube-system delete secret ${names.join(" ")} --ignore-not-found >/dev/null`);
  },
});

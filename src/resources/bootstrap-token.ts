import type { Host } from "../host.ts";
import { TOKEN_DESCRIPTION, TOKEN_LIFE } from "../layout.ts";
import { sh } from "../remote/shell.ts";
import { Secret } from "../secret.ts";
import { lastLine } from "../last-lines.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";
import { defineResource } from "./resource.ts";

/** Creates the token of this run in the cluster (a Secret of type bootstrap.kubernetes.io/token); by stdin. */
export async function createBootstrapToken(leader: Host, token: Secret): Promise<void> {
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
      expiration: new Date(Date.now() + TOKEN_LIFE).toISOString().replace(/\.\d+Z$/, "Z"),
      "usage-bootstrap-authentication": "true",
      "usage-bootstrap-signing": "true",
      "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    },
  };
  await runKubectl(leader, "apply -f - >/dev/null", { input: new Secret(JSON.stringify(manifest)) });
}

/** The Secrets in the cluster that hold Tripod's tokens, or why they are not known. */
type Tokens = readonly string[] | string;

const LIST = `-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o jsonpath='{range .items[*]}{.metadata.name} {.data.description}{"\\n"}{end}'`;

/** None of Tripod's bootstrap tokens is left: with one, anybody who can reach the API could join a machine. */
export const noBootstrapTokens = defineResource<{ readonly leader: Host }, Tokens>({
  kind: "bootstrap-token",
  name: () => "none left",
  async read(_, { leader }) {
    const { code, stdout, stderr } = await leader.read(`[ ! -f ${ADMIN_CONF} ] || ${kubectl(leader, LIST)}`);
    return code === 0 ? ours(stdout) : lastLine(stderr, "the API server does not answer");
  },
  diff(_, tokens) {
    if (typeof tokens === "string") return [{ field: "tokens", from: `not known: ${tokens}`, to: "absent" }];
    return tokens.map((name) => ({ field: "token", from: name.replace(/^bootstrap-token-/, ""), to: "absent" }));
  },
  async apply(_, { leader }, tokens) {
    const names = typeof tokens === "string" ? ours((await runKubectl(leader, LIST)).stdout) : tokens;
    if (names.length > 0)
      await runKubectl(leader, sh`-n kube-system delete secret ${names} --ignore-not-found >/dev/null`);
  },
});

function ours(list: string): string[] {
  const description = Buffer.from(TOKEN_DESCRIPTION).toString("base64");
  return list.split("\n").flatMap((line) => {
    const [name = "", found] = line.split(" ");
    return found === description ? [name] : [];
  });
}

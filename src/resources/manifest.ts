import type { Host } from "../host.ts";
import { command } from "./command.ts";
import { ADMIN_CONF, kubectl } from "./kubectl.ts";
import { defineResource } from "./resource.ts";

export interface ManifestArgs {
  readonly leader: Host;
  readonly name: string;
  /** Kubernetes objects, YAML. */
  readonly text: string;
}

/** Objects in the cluster as a manifest has them: compared by `kubectl diff` on the API server itself, laid by `kubectl apply`. */
export const manifest = defineResource<ManifestArgs, { cluster: boolean; diff: string }>({
  kind: "manifest",
  name: ({ name }) => name,
  async read(_, { leader, text }) {
    // A read like any other, but for its stdin: a heredoc, quoted, so that the shell leaves it alone.
    const script = `[ -f ${ADMIN_CONF} ] || exit 9\n${kubectl(leader, "diff -f -")} <<'TRIPOD_MANIFEST'\n${text}\nTRIPOD_MANIFEST\n`;
    const { code, stdout, stderr } = await leader.read(script);
    if (code === 0) return { cluster: true, diff: "" };
    return { cluster: code !== 9, diff: withoutFolders(stdout) || stderr };
  },
  diff: (_, { cluster, diff }) =>
    cluster && diff === ""
      ? []
      : [{ field: "objects", from: cluster ? "as below" : "absent", to: "applied", ...(diff && { diff }) }],
  async apply(_, { leader, text }) {
    await command(leader, kubectl(leader, "apply -f - >/dev/null"), { input: text });
  },
});

/** kubectl names the temporary folders it has compared in, and when: other ones every time. */
function withoutFolders(diff: string): string {
  return diff.replace(/^diff .*\n/gm, "").replace(/^(---|\+\+\+) \/tmp\/(?:LIVE|MERGED)-\d+\/(\S+).*$/gm, "$1 $2");
}

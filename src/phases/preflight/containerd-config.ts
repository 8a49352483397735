import { mayBeNode } from "../../existing/existing.ts";
import type { Check } from "./check.ts";

const CONFIG = "/etc/containerd/config.toml";

/** Lines that may set what Tripod's file does not, and `import PATH` of each file that it imports. */
const SCRIPT = `f=${CONFIG}
[ -e "$f" ] || exit 0
grep -E '^[[:space:]]*(\\[.*(runtimes|mirrors|configs|proxy_plugins)[.]|(root|snapshotter|default_runtime_name)[[:space:]]*=)' "$f" | head -n 200
for path in $(sed -n 's/^imports[[:space:]]*=[[:space:]]*\\[\\(.*\\)\\].*/\\1/p' "$f" | tr "\\"'," '   '); do
  [ ! -e "$path" ] || echo "import $path"
done
true`;

const SETTING = /^\s*(root|snapshotter|default_runtime_name)\s*=\s*["']([^"']*)["']/;
/** Values that containerd has by itself, or that Tripod sets too. */
const USUAL = ["", "runc", "overlayfs", "/var/lib/containerd"];

/** A table that is named after what it is about: `[plugins."…".containerd.runtimes.nvidia.options]`. */
const TABLE = /^\s*\[.*?\b(runtimes|mirrors|configs|proxy_plugins)\.(?:"([^"]+)"|'([^']+)'|([\w-]+))/;
const TITLES: Readonly<Record<string, string>> = {
  runtimes: "the runtime",
  mirrors: "the registry",
  configs: "the registry",
  proxy_plugins: "the plugin",
};

/** What a line sets that Tripod's own file does not: `the runtime nvidia`; empty: nothing. */
function lostWith(line: string): string {
  const [, setting, value = ""] = SETTING.exec(line) ?? [];
  if (setting !== undefined) return USUAL.includes(value) ? "" : `${setting} = "${value}"`;
  const [, table = "", ...names] = TABLE.exec(line) ?? [];
  const name = names.find(Boolean);
  if (name !== undefined) return table === "runtimes" && name === "runc" ? "" : `${TITLES[table]} ${name}`;
  const imported = /^import (.+)$/.exec(line)?.[1];
  return imported === undefined ? "" : `the import of ${imported}`;
}

/** containerd's configuration sets nothing that is lost when Tripod writes its own: another runtime (NVIDIA's), imports, a registry's settings. */
export const containerdConfigured: Check = {
  name: "containerd-config",
  title: `The host's ${CONFIG} sets nothing that Tripod's own would lose`,
  async examine(host, { existing }) {
    const { stdout } = await host.read(SCRIPT);
    const lost = [...new Set(stdout.split("\n").map(lostWith))].filter((each) => each !== "");
    if (lost.length === 0) return [];
    return [
      {
        // On a node the plan shows it as a difference of that file.
        warning: mayBeNode(existing, host.name),
        message: `${CONFIG} sets what would be lost: ${lost.join(", ")}`,
        hint: "Tripod writes this file as a whole: remove what nothing needs; registries' mirrors belong into `containerd.mirrors`; if all of it may go, add containerd-config to `preflight.tolerate`",
      },
    ];
  },
};

import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";
import { enableScript, OUTDATED } from "./systemd.ts";

/** A unit that starts at boot, and whose latest text systemd has read. It is not started here: kubeadm does that. */
export const enabled = defineResource<{ readonly unit: string }, { enabled: string; stale: boolean }>({
  kind: "enabled",
  name: ({ unit }) => unit,
  async read(host, { unit }) {
    const { stdout } = await host.read(
      `${OUTDATED}\n${sh`echo "$(systemctl is-enabled ${unit} 2>/dev/null)"; ! outdated ${unit} || echo outdated`}`,
    );
    const [state = "", reload] = stdout.split("\n");
    return { enabled: state || "absent", stale: reload === "outdated" };
  },
  diff: (_, state) => [
    ...(state.enabled === "enabled" ? [] : [{ field: "enabled", from: state.enabled, to: "enabled" }]),
    ...(state.stale ? [{ field: "unit", from: "systemd has an older version loaded", to: "reloaded" }] : []),
  ],
  async apply(host, { unit }) {
    await command(host, enableScript(unit));
  },
});

import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface UfwArgs {
  /** In the words of `ufw show added`, without `ufw`: `allow 6443/tcp`. */
  readonly rules: readonly string[];
}

/** Marks Tripod's rules among those of the host; a rule with it that is no longer wanted is deleted. */
const COMMENT = "comment 'tripod'";
/** A rule of ours, as `ufw show added` prints it; nothing else of what it prints becomes part of a command. */
const OURS = /^ufw ((?:route )?allow [\w./: ]+) comment 'tripod'$/gm;

/** ufw's rules for what the cluster needs: kept by ufw itself, in use and after a boot. @throws E_COMMAND before ufw 0.36.2, which does not know VRRP */
export const ufw = defineResource<UfwArgs, readonly string[]>({
  kind: "ufw",
  name: () => "rules",
  async read(host) {
    const { stdout } = await host.read("ufw show added");
    return [...stdout.matchAll(OURS)].map(([, rule = ""]) => rule);
  },
  diff(args, present) {
    const { missing, stale } = differences(args, present);
    return [
      ...missing.map((rule) => ({ field: "rule", from: "absent", to: rule })),
      ...stale.map((rule) => ({ field: "rule", from: rule, to: "absent" })),
    ];
  },
  async apply(host, args, present) {
    const { missing, stale } = differences(args, present);
    const lines = [
      ...missing.map((rule) => `ufw ${rule} ${COMMENT}`),
      ...stale.map((rule) =>
        rule.startsWith("route ") ? `ufw route delete ${rule.slice("route ".length)}` : `ufw delete ${rule}`,
      ),
    ];
    await command(host, lines.map((line) => `${line} >/dev/null`).join(" &&\n"));
  },
});

function differences({ rules: wanted }: UfwArgs, present: readonly string[]) {
  return {
    missing: wanted.filter((one) => !present.includes(one)),
    stale: present.filter((one) => !wanted.includes(one)),
  };
}

import type { Host } from "../host.ts";
import { quote } from "../remote/shell.ts";
import { command } from "./command.ts";
import { type Change, defineResource } from "./resource.ts";
import { enableScript, OUTDATED } from "./systemd.ts";

export interface ServiceArgs {
  /** `keepalived.service` */
  readonly unit: string;
  /** Files the process reads when it starts. If it is older than one of them, it is restarted (or reloaded). */
  readonly reads?: readonly string[];
  /** Whether a reload makes it read them again. */
  readonly reloads?: boolean;
  /** Runs one restart at a time in the whole cluster. */
  readonly alone?: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface ServiceState {
  readonly active: string;
  readonly enabled: string;
  readonly needsDaemonReload: boolean;
  /** The files of `reads` that are newer than the process. */
  readonly newer: readonly string[];
}

/**
 * A unit that is enabled and running, and not older than what it reads. Restarts follow from the host's own state — when the
 * process started, when the file was written — so that the next run completes one that died between the two.
 */
export const service = defineResource<ServiceArgs, ServiceState>({
  kind: "service",
  name: ({ unit }) => unit,
  read: readService,
  diff({ unit, reads = [], reloads }, state, pending) {
    const changes: Change[] = [];
    if (state.enabled !== "enabled" && state.enabled !== "static")
      changes.push({ field: "enabled", from: state.enabled, to: "enabled" });
    if (state.active !== "active") return [...changes, { field: "running", from: state.active, to: "active" }];
    const newer = [...new Set([...state.newer, ...reads.filter((path) => pending.has(path))])];
    if (newer.length > 0)
      changes.push({
        field: reloads ? "reloaded" : "restarted",
        from: `${unit} is older than ${newer.join(", ")}`,
        to: "again",
      });
    else if (state.needsDaemonReload)
      changes.push({ field: "unit", from: "systemd has an older version loaded", to: "reloaded" });
    return changes;
  },
  async apply(host, { unit, reloads, alone = (work) => work() }, state) {
    const u = quote(unit);
    const verb =
      state.active !== "active"
        ? "start"
        : state.newer.length === 0
          ? undefined
          : reloads
            ? "reload-or-restart"
            : "restart";
    const act = `systemctl reset-failed ${u} 2>/dev/null
systemctl ${verb} ${u} || { journalctl -u ${u} -n 12 --no-pager -o cat >&2; false; }`;
    const work = () => command(host, `${enableScript(unit)}\n${verb ? act : ""}`);
    await (verb === undefined || verb === "start" ? work() : alone(work));
  },
});

export async function readService(host: Host, { unit, reads = [], reloads }: ServiceArgs): Promise<ServiceState> {
  // In UTC: date(1) cannot read the name of every time zone, such as ChST, the one of Guam.
  const since = reloads ? "StateChangeTimestamp" : "ExecMainStartTimestamp";
  const { stdout } = await host.read(`${OUTDATED}
u=${quote(unit)}
echo "Enabled=$(systemctl is-enabled "$u" 2>/dev/null)"
systemctl show --timestamp=us+utc -p ActiveState -p ${since} "$u"
outdated "$u" && echo Outdated=yes
t=$(systemctl show --timestamp=us+utc -p ${since} --value "$u"); t=$(date -d "$t" +%s%6N 2>/dev/null || echo 0)
for f in ${reads.map(quote).join(" ")}; do
  [ -e "$f" ] || continue
  m=$(stat -c %.6Y "$f"); m=\${m%.*}\${m#*.}
  [ "$m" -gt "$t" ] && echo "newer=$f"
done
true`);
  const fields = stdout.split("\n").map((line): [string, string] => {
    const cut = line.indexOf("=");
    return [line.slice(0, cut), line.slice(cut + 1)];
  });
  const one = (name: string) => fields.find(([field]) => field === name)?.[1] ?? "";
  return {
    active: one("ActiveState"),
    enabled: one("Enabled") || "absent",
    needsDaemonReload: one("Outdated") === "yes",
    newer: fields.filter(([field]) => field === "newer").map(([, path]) => path),
  };
}

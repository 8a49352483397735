import { sh } from "../remote/shell.ts";

/**
 * A script that makes systemd read the unit's latest text, where it holds an older one, and start it at boot. A reload of the
 * whole manager costs every host up to a second: it is not done where the unit has never been loaded, nor by `enable`, which works on
 * the files only: otherwise systemd 257 reports every unit as outdated, even with --no-reload.
 */
export function enableScript(unit: string): string {
  return sh`[ "$(systemctl show -p NeedDaemonReload --value ${unit})" = no ] || systemctl daemon-reload
[ "$(systemctl is-enabled ${unit} 2>/dev/null)" = enabled ] || systemctl --root=/ enable -q ${unit}`;
}

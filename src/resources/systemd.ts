import { sh } from "../remote/shell.ts";

/**
 * A snippet that defines `outdated UNIT`, which is true where systemd holds an older text of the unit than its files have. NeedDaemonReload
 * alone is not enough: systemd does not see a unit in /etc that replaces the one of a package which it has loaded, and systemd 252 does not
 * see the first drop-in of a unit that it has loaded before.
 */
export const OUTDATED = `outdated() {
  loaded=" $(systemctl show -p NeedDaemonReload -p FragmentPath -p DropInPaths --value "$1" | tr '\\n' ' ') "
  case $loaded in *" yes "*) return 0 ;; esac
  for file in "/etc/systemd/system/$1" "/etc/systemd/system/$1.d"/*.conf; do
    [ ! -f "$file" ] || [ -L "$file" ] || case $loaded in *" $file "*) ;; *) return 0 ;; esac
  done
  return 1
}`;

/**
 * A script that makes systemd read the unit's latest text, where it holds an older one, and start it at boot. A reload of the
 * whole manager costs every host up to a second: it is not done where the unit has never been loaded, nor by `enable`, which works on
 * the files only: otherwise systemd 257 reports every unit as outdated, even with --no-reload.
 */
export function enableScript(unit: string): string {
  return `${OUTDATED}\n${sh`! outdated ${unit} || systemctl daemon-reload
[ "$(systemctl is-enabled ${unit} 2>/dev/null)" = enabled ] || systemctl --root=/ enable -q ${unit}`}`;
}

import { defineFact } from "./fact.ts";

/** The program that owns the host's packet filter; `none`: at most rules that nftables or iptables load. */
export type Firewall = "firewalld" | "ufw" | "none";

/** ufw.service is active where ufw is off, too: its configuration decides. */
export const firewall = defineFact<Firewall>({
  name: "firewall",
  command: `if systemctl -q is-active firewalld.service >/dev/null 2>&1; then echo firewalld
elif grep -qsix 'ENABLED=["'\\'']\\{0,1\\}yes["'\\'']\\{0,1\\}[[:space:]]*' /etc/ufw/ufw.conf; then echo ufw
else echo none; fi`,
  parse(stdout) {
    const name = stdout.trim();
    return name === "firewalld" || name === "ufw" ? name : "none";
  },
});

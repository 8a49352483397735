import { API_SERVER_PORT } from "../../layout.ts";
import type { Path, Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";
import { HAPROXY_PORT } from "../sections/load-balancer.ts";

/**
 * sshd of a master cannot listen where the API at the VIP does. A master with `ssh.address` is reached through a forwarded port,
 * which is not sshd's; and the load balancer's rules refuse port 22.
 */
export function* portRules(draft: Draft, refused: (path: Path) => boolean): Iterable<Problem> {
  const { loadBalancer, masters = [], ssh } = draft;
  const { haproxy, port = haproxy === undefined ? undefined : haproxy ? HAPROXY_PORT : API_SERVER_PORT } = loadBalancer;
  if (port === undefined || port === 22 || refused(["loadBalancer", "port"])) return;
  const message = `port ${port} is the API's at the VIP on every master: sshd cannot listen there too`;
  const hint = "set another loadBalancer.port, or another port for sshd";
  const direct = masters.map((master, index) => ({ index, own: master.ssh })).filter(({ own }) => !own?.address);
  if (ssh?.port === port && direct.some(({ own }) => own?.port === undefined))
    yield { path: ["ssh", "port"], message, hint };
  for (const { index, own } of direct)
    if (own?.port === port) yield { path: ["masters", index, "ssh", "port"], message, hint };
}

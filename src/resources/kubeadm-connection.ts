import type { Host } from "../host.ts";
import { lastLines } from "../last-lines.ts";
import { API_SERVER_PORT } from "../layout.ts";
import { quote } from "../remote/shell.ts";

/** The cluster's endpoint: the virtual IP and the port clients use there. */
export interface Endpoint {
  readonly vip: string;
  readonly port: number;
}

/**
 * Until 1.35 `kubeadm init` connects to the API server that it has just started through the cluster's endpoint: a check of keepalived or
 * haproxy that fails for a moment, on a busy machine, would make it fail half way. This rule redirects this host's connections to the
 * endpoint to its own API server, as 1.36 does by itself. `verb` is iptables' own: A(dd), C(heck), D(elete).
 */
export function redirect(verb: "A" | "C" | "D", { machine }: Host, { vip, port }: Endpoint): string {
  const match = `-d ${quote(vip)}/32 -p tcp --dport ${port} -m comment --comment tripod-kubeadm-init`;
  return `iptables -w -t nat -${verb} OUTPUT ${match} -j DNAT --to-destination ${machine.address}:${API_SERVER_PORT}`;
}

/** Runs a command with the redirect in place, and removes it afterwards, whether or not the command succeeds. */
export function withRedirect(command: string, host: Host, endpoint: Endpoint): string {
  return [
    `${redirect("C", host, endpoint)} 2>/dev/null || ${redirect("A", host, endpoint)} || exit`,
    `${command}; code=$?`,
    redirect("D", host, endpoint),
    "exit $code",
  ].join("\n");
}

/** What Go's net, net/http and gRPC, and client-go, print about a connection that broke or could not be opened. */
const LOST =
  /connection (?:refused|reset|abort|timed out|lost)|caused connection abort|broken pipe|\bEOF\b|i\/o timeout|TLS handshake timeout|no route to host|network is unreachable|request canceled|Client\.Timeout exceeded|context deadline exceeded|transport is closing|the server is currently unable to handle the request/i;

/** Whether the last lines of a failed kubeadm show that it could no longer reach the API. */
export function hasLostConnection(log: string): boolean {
  return LOST.test(lastLines(log, 12));
}

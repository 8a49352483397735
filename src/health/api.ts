import type { Host } from "../host.ts";
import { API_SERVER_PORT, KUBERNETES_PKI } from "../layout.ts";
import { sh } from "../remote/shell.ts";
import { lastLine } from "../last-lines.ts";
import type { Condition } from "../condition.ts";

/** Whether the API server at this address and port reports that it is ready: `true`, or its answer. Asked from a host of the cluster. */
export async function readApi(from: Host, address: string, port: number): Promise<true | string> {
  const { stdout, stderr } = await from.read(
    `curl -sSk --max-time 3 -o /dev/null -w '%{http_code}' https://${address}:${port}/readyz`,
  );
  if (stdout.trim() === "200") return true;
  return stderr.trim() || `https://${address}:${port}/readyz returned ${stdout.trim()}`;
}

/** A master's own API server is ready. */
export function apiReady(master: Host): Condition {
  return {
    title: `the API server on ${master.name} is ready`,
    within: 120_000,
    holds: () => readApi(master, master.machine.address, API_SERVER_PORT),
  };
}

/** Its certificate is valid for these names and addresses, by the cluster's authority. The API server reads it again within a minute of a change. */
export function certificateServed(master: Host, names: readonly string[]): Condition {
  const ask = (name: string) => {
    const asked = name.replace(/^\*/, "any").replace(/^(.*:.*)$/, "[$1]");
    const at = `${asked}:${API_SERVER_PORT}:${master.machine.address}:${API_SERVER_PORT}`;
    const url = `https://${asked}:${API_SERVER_PORT}/readyz`;
    return sh`curl -sS --max-time 3 --noproxy '*' --cacert ${`${KUBERNETES_PKI}/ca.crt`} --connect-to ${at} -o /dev/null ${url} || exit`;
  };
  return {
    title: `the API server on ${master.name} serves a certificate for ${names.join(", ") || "its own names"}`,
    within: 180_000,
    async holds() {
      if (names.length === 0) return true;
      const { code, stderr } = await master.read(names.map(ask).join("\n"));
      return code === 0 || lastLine(stderr, "it does not answer");
    },
  };
}

/** The API answers through the VIP, as seen from this host. */
export function apiThroughVip(from: Host, vip: string, port: number): Condition {
  return {
    title: `the API answers through the VIP, seen from ${from.name}`,
    within: 60_000,
    holds: () => readApi(from, vip, port),
  };
}

import type { Host } from "../host.ts";
import type { Condition } from "../resources/condition.ts";

/** Whether the API server at this address and port says it is ready: `true`, or what it said. Asked from a host of the cluster. */
export async function readApi(from: Host, address: string, port: number): Promise<true | string> {
  const { stdout, stderr } = await from.read(
    `curl -sSk --max-time 3 -o /dev/null -w '%{http_code}' https://${address}:${port}/readyz`,
  );
  if (stdout.trim() === "200") return true;
  return stderr.trim() || `https://${address}:${port}/readyz says ${stdout.trim()}`;
}

/** A master's own API server is ready. */
export function apiReady(master: Host): Condition {
  return {
    title: `the API server on ${master.name} is ready`,
    within: 120_000,
    holds: () => readApi(master, master.machine.address, 6443),
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

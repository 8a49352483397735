import { z } from "zod";
import type { Host } from "../host.ts";
import { API_SERVER_PORT } from "../layout.ts";
import type { Result, RunOptions } from "../remote/connection.ts";
import { DOMAIN_PATTERN } from "../inventory/scalars.ts";
import { LIST_OUTPUT } from "../remote/limits.ts";
import { lastLine } from "../last-lines.ts";
import { command } from "./command.ts";
import { parsedJson } from "./json.ts";

export const ADMIN_CONF = "/etc/kubernetes/admin.conf";

/**
 * A kubectl command line for a master, which connects to that master's own API server: it works while the VIP is moving, and shows the
 * state of this master's API server.
 */
export function kubectl(master: Host, args: string): string {
  return `kubectl --kubeconfig ${ADMIN_CONF} --server https://${master.machine.address}:${API_SERVER_PORT} --request-timeout 10s ${args}`;
}

export async function runKubectl(master: Host, args: string, options?: RunOptions): Promise<Result> {
  return command(master, kubectl(master, args), options);
}

/** The fields of a Node object that Tripod reads; `nodeList` is their form. */
export interface Node {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly taints?: readonly { key: string; value?: string; effect: string }[];
  };
  readonly status: {
    readonly conditions?: readonly { type: string; status: string; message?: string }[];
    readonly addresses?: readonly { type: string; address: string }[];
    readonly nodeInfo?: { readonly kubeletVersion: string };
  };
}

/** Names go into files and commands on hosts: an object whose name is not valid for a node is refused. */
const nodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string().regex(DOMAIN_PATTERN),
        labels: z.record(z.string(), z.string()).optional(),
      }),
      spec: z
        .object({
          taints: z.array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() })).optional(),
        })
        .prefault({}),
      status: z
        .object({
          conditions: z
            .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
            .optional(),
          addresses: z.array(z.object({ type: z.string(), address: z.string() })).optional(),
          nodeInfo: z.object({ kubeletVersion: z.string() }).optional(),
        })
        .prefault({}),
    }),
  ),
});

/** All nodes, through the API server of this master, or why they are not known. */
export async function readNodes(master: Host): Promise<readonly Node[] | string> {
  const { code, stdout, stderr } = await master.read(
    `[ -f ${ADMIN_CONF} ] || { echo "no cluster here yet" >&2; exit 1; }\n${kubectl(master, "get nodes -o json")}`,
    { maxOutput: LIST_OUTPUT },
  );
  if (code !== 0) return lastLine(stderr, "the API server does not answer");
  const list = parsedJson<{ items: Node[] }>(master, "`kubectl get nodes`", stdout, nodeList);
  return "why" in list ? list.why : list.value.items;
}

export function ready(node: Node): true | string {
  const condition = node.status.conditions?.find(({ type }) => type === "Ready");
  if (condition?.status === "True") return true;
  return `${node.metadata.name} is not Ready${condition?.message ? `: ${condition.message}` : ""}`;
}

import type { Host } from "../host.ts";
import { ETCD_CLIENT_PORT, ETCD_PKI } from "../layout.ts";
import type { Result } from "../remote/connection.ts";
import { lastLine } from "../last-lines.ts";
import type { Condition } from "../condition.ts";
import { etcdJournal } from "./journal.ts";

/** An etcdctl command line for a master, over TLS with the health check's client pair, to its own member by default. */
export function etcdctl(args: string, endpoints = `https://127.0.0.1:${ETCD_CLIENT_PORT}`): string {
  const tls = `--cacert ${ETCD_PKI}/ca.crt --cert ${ETCD_PKI}/healthcheck-client.crt --key ${ETCD_PKI}/healthcheck-client.key`;
  return `ETCDCTL_API=3 etcdctl --endpoints ${endpoints} --dial-timeout 2s --command-timeout 3s ${tls} ${args}`;
}

/** After an etcdctl that failed, on the member's own host: the state of its unit, and the member's log where it does not run. */
export const WHY_NO_MEMBER = `{ s=$(systemctl is-active etcd.service); [ "$s" = active ] || { echo "etcd.service $s"; ${etcdJournal.script}; }; false; }`;

/** Words in etcd's messages about its own files: the write-ahead log (WAL), the snapshot and the database. */
const DAMAGED = /\bwal|\bproto: |crc|\bsnap|bolt|corrupt|database|invalid page|unexpected EOF|data[- ]dir/i;

/** Why a command that ends in `|| WHY_NO_MEMBER` got no answer: what the member logged, or what etcdctl printed. */
export function whyNoMember({ stdout, stderr }: Result, otherwise: string): string {
  const [, state, journal = ""] = /^etcd\.service (\S+)\n([^]*)/m.exec(stdout) ?? [];
  if (state === undefined) return lastLine(stderr, otherwise);
  const reason = etcdJournal.reason(journal);
  // Stopped on purpose: its last line is not a reason.
  if (state === "inactive" || reason === undefined) return `etcd.service is ${state}`;
  const advice = DAMAGED.test(reason) ? " (its data is damaged: see docs/health.md for how to replace the member)" : "";
  return `etcd.service is ${state}: ${reason}${advice}`;
}

/** This host's own member answers a quorum read: the member and the cluster are up. */
export function memberHealthy(host: Host): Condition {
  return {
    title: `etcd on ${host.name} is healthy`,
    within: 120_000,
    async holds() {
      const result = await host.read(`${etcdctl("endpoint health")} >/dev/null || ${WHY_NO_MEMBER}`);
      return result.code === 0 || whyNoMember(result, "it does not answer");
    },
  };
}

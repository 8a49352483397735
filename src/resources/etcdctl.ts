import type { Host } from "../host.ts";
import { lastLine } from "./command.ts";
import type { Condition } from "./condition.ts";

const PKI = "/etc/etcd/pki";

/** An etcdctl command line for a master, over TLS with the health check's client pair, to its own member unless told otherwise. */
export function etcdctl(args: string, endpoints = "https://127.0.0.1:2379"): string {
  const tls = `--cacert ${PKI}/ca.crt --cert ${PKI}/healthcheck-client.crt --key ${PKI}/healthcheck-client.key`;
  return `ETCDCTL_API=3 etcdctl --endpoints ${endpoints} --dial-timeout 2s --command-timeout 3s ${tls} ${args}`;
}

/** This host's own member answers a quorum read: it is up, and so is the cluster. */
export function memberHealthy(host: Host): Condition {
  return {
    title: `etcd on ${host.name} is healthy`,
    within: 120_000,
    async holds() {
      const { code, stderr } = await host.read(
        `${etcdctl("endpoint health")} >/dev/null || { s=$(systemctl is-active etcd); [ "$s" = active ] || journalctl -u etcd -n 1 --no-pager -o cat >&2; false; }`,
      );
      return code === 0 || lastLine(stderr, "it does not answer");
    },
  };
}

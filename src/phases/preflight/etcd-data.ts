import { ETCD_CLIENT_PORT, ETCD_PKI } from "../../layout.ts";
import type { Check, Problem } from "./check.ts";

const OWN = `http://127.0.0.1:${ETCD_CLIENT_PORT}`;

/** "AA==" is a zero byte: from the first key on, to the last (etcd's gateway for JSON). */
const FIRST_KEY = '{"key":"AA==","range_end":"AA==","limit":1,"keys_only":true}';

/**
 * `link TARGET` of /var/lib/etcd that leads nowhere, `data`, and of each etcd that runs `etcd PID`, or `idle PID`: the distribution's
 * own, which its package starts, and which has not one key. Nothing where the host has this cluster's authority.
 */
const SCRIPT = `[ ! -e ${ETCD_PKI}/ca.crt ] || exit 0
[ ! -L /var/lib/etcd ] || [ -d /var/lib/etcd ] || echo "link $(readlink /var/lib/etcd)"
[ ! -d /var/lib/etcd/member ] || echo data
unit=$(systemctl show -p MainPID -p FragmentPath etcd.service 2>/dev/null | tr '\n' ' ')
empty() {
  if keys=$(ETCDCTL_API=3 etcdctl --endpoints ${OWN} --dial-timeout 2s --command-timeout 2s get --from-key '' --keys-only --limit 1); then
    [ -z "$keys" ]
  else
    case $(curl -sf -m 2 -d '${FIRST_KEY}' ${OWN}/v3/kv/range) in *'"kvs"'*) false ;; *'"header"'*) ;; *) false ;; esac
  fi 2>/dev/null
}
for comm in $(grep -lsx etcd /proc/[0-9]*/comm); do
  pid=\${comm#/proc/}; pid=\${pid%/comm}
  case " $unit" in
    *" MainPID=$pid "*) case $unit in *"FragmentPath=/usr/lib/"* | *"FragmentPath=/lib/"*) empty && echo "idle $pid" && continue ;; esac ;;
  esac
  echo "etcd $pid"
done
true`;

/** The data in etcd's data directory was written by a member of this cluster, and the etcd that runs is one. */
export const foreignEtcd: Check = {
  name: "etcd-data",
  title:
    "The data in a master's /var/lib/etcd, if there is any, is that of this cluster, and no other etcd that has keys runs there",
  async examine(host) {
    if (host.machine.role !== "master") return [];
    const { stdout } = await host.read(SCRIPT);
    const link = /^link (.*)$/m.exec(stdout)?.[1];
    const pid = /^etcd (\d+)$/m.exec(stdout)?.[1];
    return [
      ...(link === undefined ? [] : [danglingLink(link)]),
      ...(/^data$/m.test(stdout) ? [FOREIGN_DATA] : pid === undefined ? [] : [anotherRuns(pid)]),
    ];
  },
};

const FOREIGN_DATA: Problem = {
  code: "E_REFUSED",
  message: "/var/lib/etcd contains data of an etcd that Tripod did not install",
  why: `${ETCD_PKI}/ca.crt does not exist`,
  hint: "if the machine is to join this cluster, reset it first (`kubeadm reset`, and move its data away); if not, correct the inventory",
};

function danglingLink(target: string): Problem {
  return {
    code: "E_REFUSED",
    message: `/var/lib/etcd is a link to ${target}, which is not a directory`,
    hint: "create that directory, or mount its disk; or remove the link",
  };
}

function anotherRuns(pid: string): Problem {
  return {
    code: "E_REFUSED",
    message: `another etcd runs on it (pid ${pid}), and has keys or does not say whether it has any`,
    why: `${ETCD_PKI}/ca.crt does not exist, so it is not this cluster's`,
    hint: "find out who uses it; if nobody does, stop it (`systemctl disable --now etcd`), or use another machine",
  };
}

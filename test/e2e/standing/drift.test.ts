import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "../../../src/engine/events.ts";
import type { LabStory } from "../../support/lab-story.ts";
import { standingLab } from "../../support/standing-lab.ts";
import { eventsOf, tripodMust } from "../../support/tripod.ts";

const VIP = "10.66.0.10";
const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

let lab: LabStory;

beforeAll(async () => (lab = await standingLab()));
afterAll(() => lab[Symbol.asyncDispose]());

/** What somebody did by hand, and the one line by which a plan names it. */
const DRIFT = [
  {
    done: "a certificate of etcd is deleted",
    host: "m2",
    by: "rm /etc/etcd/pki/server.crt",
    resource: "certificate:/etc/etcd/pki/server.crt",
  },
  {
    done: "a unit is edited",
    host: "m3",
    by: "sed -i 's/^RestartSec=.*/RestartSec=7/' /etc/systemd/system/etcd.service",
    resource: "file:/etc/systemd/system/etcd.service",
  },
  {
    done: "keepalived is stopped",
    host: "m3",
    by: "systemctl stop keepalived",
    resource: "service:keepalived.service",
  },
  { done: "a sysctl is changed", host: "w1", by: "sysctl -qw net.ipv4.ip_forward=0", resource: "sysctl:live" },
  { done: "a label is taken from a node", host: "m1", by: `${KUBECTL} label node w1 disk-`, resource: "node:w1" },
] as const;

/** A real read of the API and of every etcd member, again and again until told to stop; prints what failed. */
const PROBE = `${KUBECTL} config view --raw -o jsonpath='{.users[0].user.client-certificate-data}' | base64 -d > /run/probe.crt
${KUBECTL} config view --raw -o jsonpath='{.users[0].user.client-key-data}' | base64 -d > /run/probe.key
rm -f /run/probe.stop; n=0; tls="--cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt --key /etc/etcd/pki/healthcheck-client.key"
while [ ! -e /run/probe.stop ] && [ $n -lt 3000 ]; do
  n=$((n + 1))
  curl -sS --fail --max-time 5 --cert /run/probe.crt --key /run/probe.key --cacert /etc/kubernetes/pki/ca.crt -o /dev/null https://${VIP}:8443/api/v1/namespaces/default 2>&1 || echo "failed: api at $(date +%T.%N)"
  ETCDCTL_API=3 etcdctl $tls --endpoints https://10.66.0.11:2379,https://10.66.0.12:2379,https://10.66.0.13:2379 get /registry/namespaces/default --keys-only >/dev/null 2>&1 || echo "failed: etcd at $(date +%T.%N)"
  sleep 0.1
done; echo "probes: $n"; rm -f /run/probe.*`;

it("finds what was changed by hand, each in its own line, and repairs it without any client noticing", async () => {
  for (const { host, by } of DRIFT) await lab.on(host, by);
  const plan = changesIn(eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json")));
  for (const { done, host, resource } of DRIFT) {
    const where = resource.startsWith("node:") ? "w1" : host;
    expect(plan, done).toContain(`${where} ${resource}`);
  }

  const probing = lab.on("m1", PROBE);
  const applied = eventsOf(await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--json"));
  await lab.on("m1", "touch /run/probe.stop");
  const said = await probing;
  console.log(said.trim().split("\n").at(-1), `during the mend of ${changesIn(applied).length} resources`);
  expect(said.split("\n").filter((line) => line.startsWith("failed"))).toEqual([]);

  expect(changesIn(eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json")))).toEqual([]);
});

function changesIn(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "resource.change" ? [`${event.host} ${event.resource}`] : []));
}

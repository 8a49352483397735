import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { reportOf } from "../../src/report/report.ts";
import { reportText } from "../../src/report/text.ts";
import { watchingVip } from "../support/founding.ts";
import { type LabStory, labStory } from "../support/lab-story.ts";
import { eventsOf, tripod, tripodMust } from "../support/tripod.ts";

const VIP = "10.66.0.10";

let lab: LabStory;
const on = (host: string, script: string) => lab.on(host, script);

async function holder(): Promise<string> {
  const { vipHolders } = await lab.status();
  expect(vipHolders).toHaveLength(1);
  return vipHolders[0] ?? "";
}

beforeAll(async () => {
  // A worker that is reached as an ordinary user with sudo.
  lab = await labStory("story", (text) =>
    text.replace(
      /\{ name: w2, address: (\S+) \}/,
      "{ name: w2, address: $1, ssh: { user: operator }, labels: { disk: ssd } }",
    ),
  );
});

afterAll(() => lab[Symbol.asyncDispose]());

describe("from an inventory to a cluster that survives", () => {
  it("plans on bare machines, and writes nothing on them", async () => {
    const listing =
      "find /etc /usr/local /opt /run/tripod -newer /etc/hostname -type f 2>/dev/null | sort; systemctl is-active etcd keepalived haproxy; true";
    const before = await on("m1", listing);
    const events = eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json"));
    expect(await on("m1", listing)).toBe(before);
    expect(events.filter(({ type }) => type === "resource.change").length).toBeGreaterThan(100);
  });

  it("brings five bare machines to five Ready nodes, reports what took the time, and nobody takes the VIP from its first master", async () => {
    let events: readonly RunEvent[] = [];
    const moves = await watchingVip(lab, async () => {
      events = eventsOf(await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--json"));
    });
    expect(moves).toBe(0);
    const report = reportOf(events);
    console.log(report && reportText(report));
    expect(report?.outcome).toBe("ok");
    expect(report?.criticalPath.ratio).toBeLessThan(1.1);
    const { nodes, healthy } = await lab.status();
    expect(nodes.map(({ name, ready }) => [name, ready])).toEqual(
      ["m1", "m2", "m3", "w1", "w2"].map((name) => [name, true]),
    );
    expect(healthy).toBe(true);
  });

  it("is verified by the real programs on the hosts", async () => {
    const nodes = await on("m1", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o wide --no-headers");
    expect(nodes.match(/ Ready /g)).toHaveLength(5);
    const tls =
      "--cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt --key /etc/etcd/pki/healthcheck-client.key";
    for (const [host, address] of [
      ["m1", "10.66.0.11"],
      ["m2", "10.66.0.12"],
      ["m3", "10.66.0.13"],
    ] as const) {
      const answer = await on(host, `ETCDCTL_API=3 etcdctl ${tls} --endpoints https://${address}:2379 endpoint status`);
      expect(answer).toContain(`https://${address}:2379`);
    }
    const holding = await Promise.all(["m1", "m2", "m3"].map((host) => on(host, "ip -o -4 addr show")));
    expect(holding.filter((addresses) => addresses.includes(` ${VIP}/`))).toHaveLength(1);
    expect(
      await on(
        "m1",
        "kubectl --kubeconfig /etc/kubernetes/admin.conf get node w2 -o jsonpath='{.metadata.labels.disk}'",
      ),
    ).toBe("ssd");
  });

  it("leaves no bootstrap token and no half-open access behind", async () => {
    const tokens = await on(
      "m1",
      "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name",
    );
    expect(tokens).toBe("");
    expect(
      await on(
        "m1",
        "ls /run/tripod/*.yaml /run/tripod/*.in /run/tripod/etcd-bootstrap.env 2>/dev/null; stat -c '%a %U' /etc/etcd/pki/ca.key /etc/kubernetes/pki/ca.key",
      ),
    ).toBe("600 root\n600 root\n");
    expect(await on("w1", "ls /etc/kubernetes/pki")).toBe("ca.crt\n");
  });

  it("changes nothing when it is applied again, in no more than two round trips a phase and host", async () => {
    const events = eventsOf(await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory, "--json"));
    expect(events.filter(({ type }) => type === "resource.change")).toEqual([]);
    const report = reportOf(events);
    console.log(`converged in ${report?.wallMs ?? 0} ms`);
    const end = events.find(({ type }) => type === "run.end");
    for (const [host, count] of Object.entries(end?.type === "run.end" ? end.roundTrips : {})) {
      const phases = report?.phases.filter(({ hosts }) => hosts.includes(host)).length ?? 0;
      expect(count, `round trips to ${host} for ${phases} phases`).toBeLessThanOrEqual(2 * phases);
    }
  });

  it("plans nothing right after an apply", async () => {
    const events = eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json"));
    expect(events.filter(({ type }) => type === "resource.change")).toEqual([]);
  });

  it("hands out a kubeconfig that only its owner can read and that points at the VIP", async () => {
    const file = join(lab.folder, "kubeconfig");
    await tripodMust("kubeconfig", "--lab", "-i", lab.inventory, "-o", file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toContain(`server: https://${VIP}:8443`);
  });

  it("answers through the VIP within 3 s when the power of its holder is cut, and heals when it is back", async () => {
    const victim = await holder();
    const survivor = ["m1", "m2", "m3"].find((name) => name !== victim) ?? "";
    // Every 50 ms a fresh connection, until eight seconds after the cut; never longer than two minutes.
    const probing = on(
      "w1",
      `rm -f /run/cut-seen /run/probed; n=0
while [ ! -e /run/cut-seen ] && [ $n -lt 2000 ]; do
  n=$((n + 1)); from=$(date +%s%3N)
  echo "$from $(curl -sk --max-time 0.5 -o /dev/null -w '%{http_code}' https://${VIP}:8443/readyz) $(date +%s%3N)"
  [ $n -ne 10 ] || : > /run/probed; sleep 0.05
done`,
    );
    // Nothing is cut before ten answers have been heard.
    await on("w1", "for n in $(seq 300); do [ -e /run/probed ] && exit; sleep 0.1; done; exit 1");
    await tripodMust("lab", "off", "-i", lab.inventory, victim);
    await on("w1", "sleep 8; touch /run/cut-seen");
    const answers = (await probing)
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([from, code, to]) => ({ from: Number(from), good: code === "200", to: Number(to) }));
    const good = answers.filter((answer) => answer.good);
    // From the last good answer before a gap to the first good one after it.
    const longest = Math.max(...good.slice(1).map((answer, index) => answer.to - (good[index]?.to ?? answer.to)));
    const failed = answers.length - good.length;
    console.log(`${victim} cut off: dark for ${longest} ms; ${failed} of ${answers.length} requests failed`);
    expect(failed).toBeGreaterThan(0);
    expect(longest).toBeLessThan(3000);
    expect(answers.slice(0, 10).filter((answer) => !answer.good)).toEqual([]);
    expect(answers.slice(-20).filter((answer) => !answer.good)).toEqual([]);

    const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
    await on(
      survivor,
      `${kubectl} create deployment after-the-cut --image=tripod.local/workload:1 && ${kubectl} rollout status --timeout=60s deployment/after-the-cut`,
    );

    const down = await tripod("plan", "--lab", "-i", lab.inventory);
    expect([down.code, down.stderr]).toEqual([10, expect.stringContaining(`${victim}: `)]);
    const seen = await tripod("status", "--lab", "-i", lab.inventory);
    expect([seen.code, seen.stdout]).toEqual([31, expect.stringContaining(`${victim}: `)]);

    await tripodMust("lab", "on", "-i", lab.inventory, victim);
    const healed = await lab.untilHealthy();
    expect(healed.vipHolders).toHaveLength(1);
    await on(survivor, `${kubectl} delete deployment after-the-cut`);
  });

  it("reports a sudo that refuses", async () => {
    await on("w2", "sudo rm -f /etc/sudoers.d/*");
    const { code, stderr } = await tripod("plan", "--lab", "-i", lab.inventory);
    expect([code, stderr]).toEqual([13, expect.stringMatching(/w2.*sudo/s)]);
  });

  it("reports a changed host key, and does not connect to that host", async () => {
    await on("w1", "cp -a /etc/ssh /etc/ssh.kept && rm /etc/ssh/ssh_host_* && ssh-keygen -qA && systemctl restart ssh");
    const { code, stderr } = await tripod("plan", "--lab", "-i", lab.inventory);
    expect(code).toBe(11);
    expect(stderr).toContain("w1");
    expect(stderr).toMatch(/known_hosts/);
  });
});

/**
 * What clients feel when something fails, with what Tripod renders and with what it is usually given instead: the figures of ADR 5. Drills
 * on labs that are made for it, one after the other. Root, and `npm run build` before.
 *
 *   [SCENARIOS=power-holder,…] npx tsx bench/failover.ts [ROUNDS[/ROUNDS OF OTHERS THAN TRIPOD]] [SET-UP…]
 */
import type { DrillEvent } from "../src/drills/events.ts";
import type { Measured } from "../src/drills/outages.ts";
import { verdictOf } from "../src/drills/verdict.ts";
import { type LabStory, labStory } from "../test/support/lab-story.ts";
import { tripod, tripodMust } from "../test/support/tripod.ts";

const [ROUNDS = "5", OTHERS = ROUNDS] = (process.argv[2] ?? "5").split("/");
const SCENARIOS = (process.env.SCENARIOS ?? "api-server-holder,etcd-leader,power-holder").split(",");
const MASTERS = ["m1", "m2", "m3"];

interface SetUp {
  readonly name: string;
  /** On the hosts, after the apply. */
  readonly spoil?: (lab: LabStory) => Promise<void>;
}

/** Set-ups that are measured on the same machines, one after the other. */
interface Lab {
  readonly setUps: readonly SetUp[];
  /** In the inventory. */
  readonly edit?: (inventory: string) => string;
}

/**
 * What most walkthroughs and kubeadm's own page on load balancers say: adverts every second; a check every three seconds that asks
 * `/readyz` through the own haproxy and may fail ten times; haproxy that looks every ten seconds; every API server with all members of etcd.
 */
async function textbook(lab: LabStory): Promise<void> {
  const all = MASTERS.map((_, index) => `https://10.66.0.1${index + 1}:2379`).join(",");
  for (const master of MASTERS) {
    await lab.on(
      master,
      `set -e
sed -i 's#http://127.0.0.1:8404/healthz#https://127.0.0.1:8443/readyz#' /etc/keepalived/check.sh
sed -i 's/advert_int .*/advert_int 1/; s/interval 1$/interval 3/; s/fall 2$/fall 10/; s/rise 5$/rise 2/; /startup_delay/d; /higher_prio/d; /hang-up/d' /etc/keepalived/keepalived.conf
sed -i 's/ transparent$//; s/timeout connect .*/timeout connect 5s/; s/retries 3/retries 1/; s/balance .*/balance roundrobin/; s/check check-ssl verify none inter.*/check check-ssl verify none inter 10s downinter 5s rise 2 fall 2 slowstart 60s/' /etc/haproxy/haproxy.cfg
grep -q 'interval 3' /etc/keepalived/keepalived.conf && grep -q 'inter 10s' /etc/haproxy/haproxy.cfg
systemctl restart haproxy keepalived
sed -i 's#--etcd-servers=.*#--etcd-servers=${all}#' /etc/kubernetes/manifests/kube-apiserver.yaml`,
    );
    // The kubelet looks at its manifests every twenty seconds.
    await lab.on(
      master,
      "for n in $(seq 60); do pgrep -fa kube-apiserver | grep -q 'etcd-servers=[^ ]*,' && exit; sleep 1; done; exit 1",
    );
    await lab.untilHealthy();
  }
}

const LABS: readonly Lab[] = [
  { setUps: [{ name: "Tripod" }, { name: "textbook", spoil: textbook }] },
  {
    setUps: [{ name: "Tripod without haproxy" }],
    edit: (text) => text.replace("vip: 10.66.0.10", "vip: 10.66.0.10\n  haproxy: false"),
  },
];

/** Of each round the worse of those who asked, from the operator's machine and from a worker. */
function row(setUp: string, name: string, events: readonly DrillEvent[]): string {
  const runs = events.flatMap((event) =>
    event.type === "scenario.start" && event.name === name ? [verdictOf(events, event.scenario)] : [],
  );
  const each = (probe: string, of: (measured: Measured) => number) =>
    runs
      .map(({ probes }) => Math.max(...probes.flatMap((one) => (one.probe.name === probe ? of(one.measured) : []))))
      .toSorted((one, other) => one - other);
  const tail = ({ outages }: Measured) => Math.max(0, ...outages.map((outage) => outage.tail));
  const said = (ms: number | undefined) => (ms === undefined ? "?" : `${(ms / 1000).toFixed(2)} s`);
  const middle = (lengths: readonly number[]) => said(lengths[Math.floor(lengths.length / 2)]);
  const [reads, writes] = [each("apiRead", ({ dark }) => dark), each("apiWrite", ({ dark }) => dark)];
  const tails = [...each("apiRead", tail), ...each("apiWrite", tail)];
  const sum = (count: (run: (typeof runs)[number]) => number) => runs.reduce((total, run) => total + count(run), 0);
  const lost = sum(({ ledger }) => ledger?.lost.length ?? 0);
  const acknowledged = sum(({ ledger }) => ledger?.acknowledged ?? 0);
  return `| ${name} | ${setUp} | ${runs.length} | ${middle(reads)} | ${said(reads.at(-1))} | ${middle(writes)} | ${said(writes.at(-1))} | ${said(Math.max(0, ...tails))} | ${lost} of ${acknowledged} |`;
}

const wanted = process.argv.slice(3);
console.log(
  "| scenario | set-up | rounds | reads dark, median | worst | writes dark, median | worst | tail, worst | lost |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const { setUps, edit } of LABS) {
  const chosen = setUps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.length === 0) continue;
  await using lab = await labStory("bench", edit);
  await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  for (const { name, spoil } of chosen) {
    await spoil?.(lab);
    const rounds = name === "Tripod" ? ROUNDS : OTHERS;
    for (const scenario of SCENARIOS) console.log(row(name, scenario, await drilled(lab, scenario, rounds)));
  }
}

async function drilled(lab: LabStory, scenario: string, rounds: string): Promise<DrillEvent[]> {
  await lab.untilHealthy();
  const which = ["--rounds", rounds, scenario];
  const { stdout, stderr } = await tripod("drill", "--lab", "-i", lab.inventory, "--json", ...which);
  if (stderr) console.error(stderr);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as DrillEvent);
}

/**
 * What clients feel when something fails, with what Tripod renders and with what it is usually given instead: the figures of ADR 5. Drills
 * on labs that are made for it, one after the other. Root, and `npm run build` before.
 *
 *   [SCENARIOS=power-holder,…] npx tsx bench/failover.ts [ROUNDS] [SET-UP…]
 */
import type { DrillEvent } from "../src/drills/events.ts";
import { verdictOf } from "../src/drills/verdict.ts";
import { type LabStory, labStory } from "../test/support/lab-story.ts";
import { tripod, tripodMust } from "../test/support/tripod.ts";

const ROUNDS = process.argv[2] ?? "5";
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

/** One second between adverts and between checks, `/readyz`, and every API server with all members of etcd. */
async function textbook(lab: LabStory): Promise<void> {
  const all = MASTERS.map((_, index) => `https://10.66.0.1${index + 1}:2379`).join(",");
  for (const master of MASTERS) {
    await lab.on(
      master,
      `sed -i 's/advert_int .*/advert_int 1/' /etc/keepalived/keepalived.conf && systemctl restart keepalived
sed -i 's/inter 250ms fall 2 rise 2 on-marked-down shutdown-sessions/inter 1s fall 3 rise 2/; s/timeout connect .*/timeout connect 5s/' /etc/haproxy/haproxy.cfg && systemctl restart haproxy
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

function row(setUp: string, name: string, events: readonly DrillEvent[]): string {
  const runs = events.flatMap((event) =>
    event.type === "scenario.start" && event.name === name ? [verdictOf(events, event.scenario)] : [],
  );
  const of = (probe: string, id = `${probe}@operator`) =>
    runs.flatMap(({ probes }) => probes.filter((each) => each.probe.id === id).map(({ measured }) => measured));
  const reads = of("apiRead");
  const dark = reads.map((each) => each.dark).toSorted((one, other) => one - other);
  const said = (ms: number | undefined) => `${((ms ?? 0) / 1000).toFixed(2)} s`;
  const tails = reads.flatMap(({ outages }) => outages.map(({ tail }) => tail));
  const writes = of("apiWrite")
    .map((each) => each.dark)
    .toSorted((one, other) => one - other);
  const failed = reads.reduce((sum, each) => sum + each.failed, 0);
  const asked = reads.reduce((sum, each) => sum + each.asked, 0);
  const lost = runs.reduce((sum, { ledger }) => sum + (ledger?.lost.length ?? 0), 0);
  return `| ${name} | ${setUp} | ${said(dark[Math.floor(dark.length / 2)])} | ${said(dark.at(-1))} | ${said(Math.max(0, ...tails))} | ${said(writes[Math.floor(writes.length / 2)])} | ${failed}/${asked} | ${lost} |`;
}

const wanted = process.argv.slice(3);
console.log(
  "| scenario | set-up | reads dark, median | worst | tail, worst | writes dark, median | reads failed | lost |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const { setUps, edit } of LABS) {
  const chosen = setUps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.length === 0) continue;
  await using lab = await labStory("bench", edit);
  await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  for (const { name, spoil } of chosen) {
    await spoil?.(lab);
    for (const scenario of SCENARIOS) console.log(row(name, scenario, await drilled(lab, scenario)));
  }
}

async function drilled(lab: LabStory, scenario: string): Promise<DrillEvent[]> {
  await lab.untilHealthy();
  const { stdout, stderr } = await tripod(
    "drill",
    "--lab",
    "-i",
    lab.inventory,
    "--json",
    "--rounds",
    ROUNDS,
    scenario,
  );
  if (stderr) console.error(stderr);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as DrillEvent);
}

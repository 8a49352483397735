/**
 * What clients feel when the VIP's holder fails, with haproxy in front and without: the figures of ADR 2. Makes a lab for each, one after
 * the other, and takes it away again. Root, and `npm run build` before.
 *
 *   npx tsx bench/failover.ts [ROUNDS]
 */
import { type LabStory, labStory } from "../test/support/lab-story.ts";
import { tripodMust } from "../test/support/tripod.ts";

const VIP = "10.66.0.10";
const ROUNDS = Number(process.argv[2] ?? 3);
const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

interface Answer {
  /** ms since the epoch, by the probing host's clock */
  readonly from: number;
  readonly to: number;
  readonly good: boolean;
}

interface Outcome {
  /** ms between the last good answer before the longest gap and the first after it */
  readonly dark: number;
  /** ms between the end of that gap and the last failure after it; 0 where there is none */
  readonly tail: number;
  readonly failed: number;
  readonly asked: number;
}

/** A worker reads a namespace through the VIP, over a fresh TLS connection every 50 ms. */
function probe(port: number): string {
  return `rm -f /run/probe.stop; n=0
while [ ! -e /run/probe.stop ] && [ $n -lt 4000 ]; do
  n=$((n + 1)); from=$(date +%s%3N)
  code=$(curl -s --max-time 2 --cert /run/probe.crt --key /run/probe.key --cacert /etc/kubernetes/pki/ca.crt -o /dev/null -w '%{http_code}' https://${VIP}:${port}/api/v1/namespaces/default)
  echo "$from $code $(date +%s%3N)"; sleep 0.05
done`;
}

async function layCredentials(lab: LabStory): Promise<void> {
  for (const part of ["certificate", "key"]) {
    const pem = await lab.on("m1", `${KUBECTL} config view --raw -o jsonpath='{.users[0].user.client-${part}-data}'`);
    await lab.on("w1", `umask 077; echo ${pem.trim()} | base64 -d > /run/probe.${part === "key" ? "key" : "crt"}`);
  }
}

async function measure(lab: LabStory, port: number, disrupt: () => Promise<unknown>): Promise<Outcome> {
  const probing = lab.on("w1", probe(port));
  await lab.on("w2", "sleep 2");
  await disrupt();
  await lab.on("w2", "sleep 15");
  await lab.on("w1", "touch /run/probe.stop");
  const answers = (await probing)
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .map(([from, code, to]): Answer => ({ from: Number(from), good: code === "200", to: Number(to) }));
  const good = answers.filter((answer) => answer.good);
  const gaps = good
    .slice(1)
    .map((answer, index) => ({ end: answer.to, length: answer.to - (good[index]?.to ?? answer.to) }));
  const longest = gaps.reduce((one, other) => (other.length > one.length ? other : one), { end: 0, length: 0 });
  const bad = answers.filter((answer) => !answer.good);
  const late = bad.filter(({ from }) => from > longest.end).at(-1);
  return { dark: longest.length, tail: late ? late.to - longest.end : 0, failed: bad.length, asked: answers.length };
}

function row(name: string, outcomes: readonly Outcome[]): string {
  const sorted = outcomes.map(({ dark }) => dark).toSorted((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const tail = Math.max(...outcomes.map((outcome) => outcome.tail));
  const counts = outcomes.map(({ failed, asked }) => `${failed}/${asked}`).join(" ");
  return `| ${name} | ${(median / 1000).toFixed(2)} s | ${((sorted.at(-1) ?? 0) / 1000).toFixed(2)} s | ${(tail / 1000).toFixed(2)} s | ${counts} |`;
}

async function holder(lab: LabStory): Promise<string> {
  const [name] = (await lab.untilHealthy()).vipHolders;
  return name ?? "m1";
}

for (const haproxy of [true, false]) {
  const name = haproxy ? "haproxy" : "direct";
  const port = haproxy ? 8443 : 6443;
  await using lab = await labStory(`bench-${name}`, (text) =>
    text.replace(`vip: ${VIP}`, `vip: ${VIP}\n  haproxy: ${haproxy}`),
  );
  await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  await layCredentials(lab);
  const killed: Outcome[] = [];
  const cut: Outcome[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const server = await holder(lab);
    killed.push(await measure(lab, port, () => lab.on(server, "pkill -9 -x kube-apiserver")));
    const victim = await holder(lab);
    cut.push(await measure(lab, port, () => tripodMust("lab", "off", "-i", lab.inventory, victim)));
    await tripodMust("lab", "on", "-i", lab.inventory, victim);
  }
  console.log(
    `\n${name}\n| what happened | dark, median | dark, worst | tail, worst | failed |\n| --- | --- | --- | --- | --- |`,
  );
  console.log(row("API server of the holder killed", killed));
  console.log(row("power cut of the holder", cut));
}

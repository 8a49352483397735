import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../../src/status.ts";
import type { LabStory } from "../../support/lab-story.ts";
import { standingLab } from "../../support/standing-lab.ts";
import { tripod, tripodMust } from "../../support/tripod.ts";

const VIP = "10.66.0.10";

let lab: LabStory;
beforeAll(async () => (lab = await standingLab()));
afterAll(() => lab[Symbol.asyncDispose]());

/** Waits until the state of the cluster is such that this gives a text that matches. */
function seen(part: (status: Status) => unknown): { toMatch: (pattern: RegExp) => Promise<void> } {
  const said = async () => String(part(await lab.status()));
  return { toMatch: (pattern) => expect.poll(said, { timeout: 150_000, interval: 1000 }).toMatch(pattern) };
}

const node = (name: string) => (status: Status) => status.nodes.find((each) => each.name === name)?.ready;
const api = (master: string) => (status: Status) => status.api.find((each) => each.master === master)?.ready;
const member = (master: string) => (status: Status) => {
  const found = status.etcd.find((each) => each.master === master)?.member;
  return typeof found === "string" ? found : "healthy";
};

/**
 * A client certificate for this host's kubelet, signed by the cluster's own authority, that has been past its date for long. On a master:
 * only masters have the authority's key.
 */
const EXPIRED = `set -e
cd "$(mktemp -d)"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
openssl req -new -key key.pem -subj "/O=system:nodes/CN=system:node:$(hostname)" -out request.pem
mkdir ca; : >ca/index.txt; echo 01 >ca/serial
printf '%s\\n' '[ca]' default_ca=it '[it]' dir=ca new_certs_dir=ca database=ca/index.txt serial=ca/serial default_md=sha256 policy=any \
  x509_extensions=client '[any]' organizationName=supplied commonName=supplied '[client]' extendedKeyUsage=clientAuth >ca.conf
openssl ca -batch -notext -config ca.conf -cert /etc/kubernetes/pki/ca.crt -keyfile /etc/kubernetes/pki/ca.key -in request.pem -out it.pem \
  -startdate 20250101000000Z -enddate 20260101000000Z 2>/dev/null
cat it.pem key.pem >/var/lib/kubelet/pki/kubelet-client-expired.pem
ln -sfn kubelet-client-expired.pem /var/lib/kubelet/pki/kubelet-client-current.pem
systemctl restart kubelet`;

/** A few kilobytes in the middle of what the member has agreed to and not yet put into its database. */
const GARBLED_WAL = `systemctl stop etcd
wal=$(ls -t /var/lib/etcd/member/wal/*.wal | head -n 1)
dd if=/dev/urandom of="$wal" bs=1k seek=1 count=8 conv=notrunc status=none
systemctl start --no-block etcd`;

describe("what status reports is true", () => {
  it("a VIP that somebody wrote on a standby master is named with what removes it, and an apply does not begin", async () => {
    await lab.untilHealthy();
    await lab.on("m2", `ip addr add ${VIP}/24 dev eth0`);
    const { vipHolders, healthy, problems } = await lab.status();
    expect([vipHolders, healthy]).toEqual([["m1"], false]);
    expect(problems).toContain(
      `m2 has ${VIP}/24 on eth0, which keepalived did not add: \`ip addr del ${VIP}/24 dev eth0\` there removes it`,
    );
    const { code, stderr } = await tripod("plan", "--lab", "-i", lab.inventory);
    expect([code, stderr]).toEqual([20, expect.stringContaining(`m2: it has ${VIP}/24 on eth0`)]);
    await lab.on("m2", `ip addr del ${VIP}/24 dev eth0`);
    await lab.untilHealthy();
  });

  it("the VIP comes back by itself where somebody deletes it from its holder", async () => {
    await lab.on("m1", `ip addr del ${VIP}/32 dev eth0`);
    // Whoever has it: one master does, and it answers.
    await lab.on(
      "w1",
      `for n in $(seq 100); do curl -sfk --max-time 1 -o /dev/null https://${VIP}:8443/readyz && exit; sleep 0.1; done; exit 1`,
    );
    const { vipHolders } = await lab.untilHealthy();
    expect(vipHolders).toEqual(["m1"]);
  });

  it("a master without power is named as node, API server and member of etcd before the API itself has noticed", async () => {
    await tripodMust("lab", "off", "-i", lab.inventory, "m3");
    await seen(node("m3")).toMatch(/^the kubelet of m3 has not renewed its Lease for \d+ s$/);
    const status = await lab.status();
    expect(api("m3")(status)).toMatch(/curl/);
    expect(member("m3")(status)).not.toBe("healthy");
    expect(status.problems.find((problem) => problem.startsWith("m3: "))).toMatch(/10\.66\.0\.13/);
    expect(status.nodes.map(({ name }) => name)).toEqual(["m1", "m2", "m3", "w1", "w2"]);
    await tripodMust("lab", "on", "-i", lab.inventory, "m3");
    await lab.untilHealthy();
  });

  it("a cluster whose machines all lose power at once comes back by itself, and has nothing to change after the boot", async () => {
    const names = ["m1", "m2", "m3", "w1", "w2"];
    for (const switched of ["off", "on"])
      await Promise.all(names.map((name) => tripodMust("lab", switched, "-i", lab.inventory, name)));
    const { verified } = await lab.untilHealthy();
    expect(verified).toBe(true);
    const { code, stdout } = await tripod("plan", "--lab", "-i", lab.inventory, "--detailed-exitcode");
    expect(code, stdout).toBe(0);
  });

  it("a kubelet whose client certificate has expired is reported with its date, and is renewed as docs/health.md describes", async () => {
    await lab.on("m3", EXPIRED);
    await seen(node("m3")).toMatch(
      /: the client certificate of its kubelet expired on 2026-01-01: see docs\/health\.md/,
    );
    await lab.on("m3", "rm -f /etc/kubernetes/kubelet.conf /var/lib/kubelet/pki/kubelet-client*");
    await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
    await lab.untilHealthy();
  });

  it("a member that cannot read its log is reported with etcd's own error, and is replaced as docs/health.md describes", async () => {
    await lab.on("m2", GARBLED_WAL);
    await seen(member("m2")).toMatch(/: .*: .* \(its data is damaged: see docs\/health\.md/);
    await lab.on("m2", "systemctl stop etcd && mv /var/lib/etcd/member /root/etcd-damaged-member");
    const etcdctl = (words: string) =>
      `export ETCDCTL_API=3 ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key; ${words}`;
    const added = await lab.on(
      "m1",
      etcdctl(
        `etcdctl member remove "$(etcdctl member list | grep ', m2,' | cut -d, -f1)" && etcdctl member add m2 --learner --peer-urls=https://10.66.0.12:2380`,
      ),
    );
    const [, id = ""] = /Member +([0-9a-f]+) added/.exec(added) ?? [];
    const applied = tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
    await lab.on(
      "m1",
      etcdctl(
        `for n in $(seq 120); do etcdctl member promote ${id} >/dev/null 2>&1 && exit; sleep 1; done; etcdctl member list; exit 1`,
      ),
    );
    await applied;
    await lab.untilHealthy();
  });
});

import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { type LabStory, labStory } from "../support/lab-story.ts";
import { eventsOf, type Said, tripodMust, tripodTelling } from "../support/tripod.ts";

let lab: LabStory;

beforeAll(async () => (lab = await labStory("half-way")));
afterAll(() => lab[Symbol.asyncDispose]());

/** An apply, into which something happens once, when this event is seen. */
async function applyUntil(seen: (event: RunEvent) => boolean, happens: () => Promise<unknown>): Promise<Said> {
  let happening: Promise<unknown> | undefined;
  const said = await tripodTelling(["apply", "--yes", "--lab", "-i", lab.inventory], (event) => {
    if (!happening && seen(event)) happening = happens();
  });
  expect(happening, "what was to happen has happened").toBeDefined();
  await happening;
  return said;
}

function kubeadmSays(verb: "init" | "join", host: string, words: RegExp) {
  return (event: RunEvent) =>
    event.type === "condition.waiting" &&
    event.host === host &&
    event.condition.startsWith(`kubeadm-${verb}`) &&
    words.test(event.reason);
}

it("keeps the old file whole when the disk is full, reports it, and continues when there is room", async () => {
  await lab.on(
    "m1",
    "mkdir -p /etc/keepalived && mount -t tmpfs -o size=16k tmpfs /etc/keepalived && echo old > /etc/keepalived/keepalived.conf && dd if=/dev/zero of=/etc/keepalived/fill bs=4k count=3 status=none",
  );
  const said = await applyUntil(
    ({ type }) => type === "run.start",
    () => Promise.resolve(),
  );
  expect([said.code, said.stderr]).toEqual([21, expect.stringContaining("No space left")]);
  expect(
    await lab.on("m1", "cat /etc/keepalived/keepalived.conf; ls -A /etc/keepalived | grep -c '^.tripod' || true"),
  ).toBe("old\n0\n");
  await lab.on("m1", "umount /etc/keepalived");
});

it("names the host and what kubeadm said when `kubeadm init` dies half way, its manifests and keys already there", async () => {
  const said = await applyUntil(kubeadmSays("init", "m1", /wait-control-plane/), () =>
    lab.on("m1", "pkill -9 -x kubeadm"),
  );
  expect([said.code, said.stderr]).toEqual([21, expect.stringMatching(/m1[^]*kubeadm/)]);
  expect(await lab.on("m1", "ls /etc/kubernetes/manifests")).toContain("kube-apiserver.yaml");
});

it("lives through a power cut of the first master in the middle of `kubeadm init`", async () => {
  const said = await applyUntil(kubeadmSays("init", "m1", /./), async () => {
    await tripodMust("lab", "off", "-i", lab.inventory, "m1");
    await tripodMust("lab", "on", "-i", lab.inventory, "m1");
  });
  if (said.code !== 0) await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  expect((await lab.untilHealthy()).nodes.map(({ ready }) => ready)).toEqual([true, true, true, true, true]);
});

/** As if w1 had never been a member. */
async function unjoin(): Promise<void> {
  await lab.on("m1", "kubectl --kubeconfig /etc/kubernetes/admin.conf delete node w1 --ignore-not-found");
  await lab.on(
    "w1",
    "systemctl stop kubelet; rm -rf /etc/kubernetes/kubelet.conf /etc/kubernetes/pki /var/lib/kubelet/pki",
  );
}

it("joins a worker again whose join died after its ca.crt was there, and lives through sshd being killed on every host", async () => {
  await unjoin();
  const said = await applyUntil(kubeadmSays("join", "w1", /./), () =>
    lab.on(
      "w1",
      "for n in $(seq 200); do [ -e /etc/kubernetes/pki/ca.crt ] && break; sleep 0.05; done; pkill -9 -x kubeadm",
    ),
  );
  expect([said.code, said.stderr]).toEqual([21, expect.stringMatching(/w1[^]*kubeadm/)]);

  await unjoin();
  const again = await applyUntil(kubeadmSays("join", "w1", /./), () =>
    Promise.all(
      ["m1", "m2", "m3", "w1", "w2"].map((host) => lab.on(host, "systemd-run -q --on-active=1s pkill -9 -x sshd")),
    ),
  );
  expect([again.code, again.stderr]).toEqual([0, expect.anything()]);
  await lab.untilHealthy();
  expect(
    eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json")).filter(
      ({ type }) => type === "resource.change",
    ),
  ).toEqual([]);
});

it("refuses a master that belongs to another cluster, and touches nothing", async () => {
  await lab.on(
    "m3",
    "cp -a /etc/kubernetes/kubelet.conf /root/kept && sed -i 's#server: .*#server: https://192.0.2.1:6443#' /etc/kubernetes/kubelet.conf",
  );
  const said = await applyUntil(
    ({ type }) => type === "run.start",
    () => Promise.resolve(),
  );
  expect([said.code, said.stderr]).toEqual([24, expect.stringContaining("another cluster")]);
  expect(eventsOf(said.stdout).filter(({ type }) => type === "resource.change")).toEqual([]);
  await lab.on("m3", "cp -a /root/kept /etc/kubernetes/kubelet.conf");
});

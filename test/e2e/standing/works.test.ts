import { afterAll, beforeAll, expect, it } from "vitest";
import type { Change } from "../../../src/engine/events.ts";
import type { LabStory } from "../../support/lab-story.ts";
import { standingLab } from "../../support/standing-lab.ts";
import { eventsOf, tripod, tripodMust } from "../../support/tripod.ts";

const ROUTES = "ip -4 route show proto 117 | cut -d' ' -f1-3";
const COUNT = "ip -4 route show proto 117 | wc -l";
const UNIT = "tripod-pod-routes.service";
const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

let lab: LabStory;

beforeAll(async () => (lab = await standingLab()));
afterAll(() => lab[Symbol.asyncDispose]());

const apply = () => tripod("apply", "--yes", "--lab", "-i", lab.inventory);
const record = () => lab.on("m1", `${KUBECTL} -n kube-system get configmap tripod-verify -o jsonpath='{.data.result}'`);

/** `w1 pod-routes:proto 117`, and what a plan would change of it. */
async function planned(): Promise<Map<string, readonly Change[]>> {
  const events = eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json"));
  return new Map(
    events.flatMap((event): [string, readonly Change[]][] =>
      event.type === "resource.change" ? [[`${event.host} ${event.resource}`, event.changes]] : [],
    ),
  );
}

it("is not done while the pods of a worker are not reached, however often it is tried, and names the hosts and packet filters", async () => {
  // As after a founding that was killed before its pods were looked at.
  await lab.on("m1", `${KUBECTL} -n kube-system delete configmap tripod-verify`);
  await lab.on("w2", "iptables -P FORWARD DROP");
  const first = await apply();
  expect([first.code, first.stderr]).toEqual([
    22,
    expect.stringMatching(/w1 get no answer from the pod on w2 \(10\.244\.22\.\d+\)[^]*packet filter on w2, .*\bw1\b/),
  ]);
  expect(await record()).toBe("failed");
  const again = await apply();
  expect([again.code, again.stderr]).toEqual([22, expect.stringContaining("the pod on w2")]);

  await lab.on("w2", "iptables -P FORWARD ACCEPT");
  expect([...(await planned()).values()]).toMatchObject([
    [{ field: "workload", from: expect.stringContaining("the pod on w2") as string }],
  ]);
  await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  expect(await record()).toBe("reached");
  expect((await planned()).size).toBe(0);
  expect(await lab.on("m1", `${KUBECTL} get daemonsets,pods -A -l app=tripod-verify -o name`)).toBe("");
});

it("pod routes that were flushed, and those that went with a link, are back within seconds without Tripod", async () => {
  const before = await lab.on("w1", ROUTES);
  expect(before.trim().split("\n")).toHaveLength(4);
  // The way out of the lab's host went with its link too; that one is LXC's.
  const relink = "out=$(ip route show default); ip link set eth0 down; ip link set eth0 up; ip route add $out";
  for (const lose of ["ip route flush proto 117", relink]) {
    await lab.on("w1", `${lose}; timeout 10 sh -c 'until [ "$(${COUNT})" = 4 ]; do :; done'`);
  }
  expect(await lab.on("w1", ROUTES)).toBe(before);
});

it("a plan names routes that nobody brings back, and an apply does", async () => {
  const before = await lab.on("w1", ROUTES);
  await lab.on("w1", `systemctl stop ${UNIT}; ip route flush proto 117`);
  const plan = await planned();
  expect([...plan.keys()].filter((name) => name.startsWith("w1"))).toEqual([
    `w1 service:${UNIT}`,
    "w1 pod-routes:proto 117",
  ]);
  expect(plan.get("w1 pod-routes:proto 117")).toContainEqual({
    field: "route",
    from: "absent",
    to: "10.244.22.0/24 via 10.66.0.22",
  });
  await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  expect(await lab.on("w1", ROUTES)).toBe(before);

  // Its keeper hangs: then the routes alone are wrong.
  await lab.on("w1", `systemctl kill -s STOP ${UNIT}; ip route del 10.244.22.0/24 proto 117`);
  expect([...(await planned()).keys()].filter((name) => name.startsWith("w1"))).toEqual(["w1 pod-routes:proto 117"]);
  await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
  await lab.on("w1", `systemctl kill -s CONT ${UNIT}`);
  expect(await lab.on("w1", ROUTES)).toBe(before);
  expect((await planned()).size).toBe(0);
});

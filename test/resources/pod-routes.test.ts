import { expect } from "vitest";
import { podRoutesScript } from "../../src/config/bridge.ts";
import { podRoutes } from "../../src/resources/pod-routes.ts";
import { until } from "../../src/until.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { changesIn, walk } from "../support/walk.ts";
import { impatient } from "../support/working.ts";

const SCRIPT = "/etc/tripod/pod-routes.sh";
const RULE = "-s 10.244.11.0/24 ! -d 10.244.0.0/16 -j MASQUERADE";
const routing = {
  protocol: 117,
  ownCidr: "10.244.11.0/24",
  podSubnet: "10.244.0.0/16",
  routes: [
    { podCidr: "10.244.12.0/24", address: "10.0.0.12" },
    { podCidr: "10.244.21.0/24", address: "10.0.0.21" },
  ],
};
const resource = () => podRoutes({ ...routing, script: SCRIPT });
const differing = async ({ host }: ThrowAwayMachine, pending: readonly string[] = []) =>
  (await resource().inspect(host, impatient)).changes(new Set(pending));

async function on({ connection }: ThrowAwayMachine, script: string): Promise<string> {
  const { code, stdout, stderr } = await connection.run(script);
  if (code !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

async function laid(machine: ThrowAwayMachine): Promise<void> {
  machine.write(SCRIPT, podRoutesScript(routing), 0o755);
  await on(machine, `bash ${SCRIPT} lay`);
}

machineStory("routes that are not there are named one by one, and the rule too", async (machine) => {
  expect(await differing(machine)).toEqual([
    { field: "route", from: "absent", to: "10.244.12.0/24 via 10.0.0.12" },
    { field: "route", from: "absent", to: "10.244.21.0/24 via 10.0.0.21" },
    { field: "masquerade", from: "absent", to: RULE },
  ]);
});

machineStory("routes that follow from another script are the script's change, and no second one", async (machine) => {
  expect(await differing(machine, [SCRIPT])).toEqual([]);
});

machineStory("a route that leads elsewhere and one to nobody are named, and put right", async (machine) => {
  await laid(machine);
  await on(
    machine,
    "ip route replace 10.244.21.0/24 via 10.0.0.99 proto 117; ip route add 10.244.77.0/24 via 10.0.0.77 proto 117",
  );
  expect(changesIn(await walk(machine.host, [resource()]))).toEqual([
    { field: "route", from: "10.244.21.0/24 via 10.0.0.99", to: "10.244.21.0/24 via 10.0.0.21" },
    { field: "route", from: "10.244.77.0/24 via 10.0.0.77", to: "absent" },
  ]);
  expect(await differing(machine)).toEqual([]);
});

machineStory("routes of others are left alone, and no rule is laid twice", async (machine) => {
  await on(machine, "ip route add 10.99.0.0/24 via 10.0.0.99");
  await laid(machine);
  await laid(machine);
  expect(await on(machine, "ip route show 10.99.0.0/24")).toContain("via 10.0.0.99");
  expect(machine.read("/fakes/iptables")).toBe(`nat POSTROUTING ${RULE}\n`);
});

machineStory("while a node comes and another goes, nobody else's route is missing for a moment", async (machine) => {
  await laid(machine);
  const [kept] = routing.routes;
  const next = [...(kept ? [kept] : []), { podCidr: "10.244.22.0/24", address: "10.0.0.22" }];
  machine.write(SCRIPT, podRoutesScript({ ...routing, routes: next }), 0o755);
  const told = await on(
    machine,
    `exec bash <<'EOF'
exec 3< <(exec ip -4 -o monitor route)
until read -r -t 0.1 -u 3 _; do ip route add 10.99.1.0/24 via 10.0.0.99 metric $((n += 1)); done
bash ${SCRIPT} lay >/dev/null
ip route add 10.99.2.0/24 via 10.0.0.99
while read -r line <&3; do case $line in 10.99.1.*) ;; 10.99.2.*) break ;; *) echo "$line" ;; esac; done
kill $!
EOF`,
  );
  expect(
    told
      .trim()
      .split("\n")
      .map((line) => line.trim().replace(/ dev .*/, "")),
  ).toEqual(["10.244.22.0/24 via 10.0.0.22", "Deleted 10.244.21.0/24 via 10.0.0.21"]);
});

machineStory("a route that cannot be laid is said, and no other is left out for it", async (machine) => {
  const lost = { podCidr: "10.244.13.0/24", address: "192.0.2.13" };
  machine.write(SCRIPT, podRoutesScript({ ...routing, routes: [lost, ...routing.routes] }), 0o755);
  const { code, stderr } = await machine.connection.run(`bash ${SCRIPT} lay`);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/invalid gateway|unreachable/)]);
  expect(await differing(machine)).toEqual([]);
});

machineStory(
  "a rule that cannot be looked at is no rule that is missing: it is said, and none is added",
  async (machine) => {
    machine.write(SCRIPT, podRoutesScript(routing), 0o755);
    machine.write("/usr/local/sbin/iptables", '#!/bin/sh\necho "$*" >>/run/asked\nexit 4\n', 0o755);
    const { code, stderr } = await machine.connection.run(`bash ${SCRIPT} lay`);
    expect([code, stderr]).toEqual([1, expect.stringContaining("iptables cannot say whether there is POSTROUTING")]);
    expect(machine.read("/run/asked").trim().split("\n")).toHaveLength(1);
  },
);

machineStory("who watches brings back what was flushed, and what went with a link, and a rule", async (machine) => {
  machine.write(SCRIPT, podRoutesScript(routing), 0o755);
  await on(machine, `setsid bash ${SCRIPT} watch </dev/null >/run/told 2>&1 &`);
  const back = () =>
    until(
      {
        title: "all is laid",
        within: 20_000,
        holds: async () => JSON.stringify(await differing(machine)) === "[]" || "something is missing",
      },
      { signal: new AbortController().signal, interval: 50 },
    );
  await back();
  await on(machine, "ip route flush proto 117");
  await back();
  await on(machine, "ip link set eth0 down; ip link set eth0 up");
  await back();
  await on(machine, "rm /fakes/iptables");
  await back();
  expect(machine.read("/run/told").split("laid 10.244.21.0/24 via 10.0.0.21\n")).toHaveLength(4);
});

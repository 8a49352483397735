import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foreignEtcd } from "../../../src/phases/preflight/etcd-data.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { machineStory } from "../../support/machine-story.ts";
import type { ThrowAwayMachine } from "../../support/machine.ts";
import { findings } from "./fit.ts";

const cluster = testCluster();
const DATA = "/var/lib/etcd/member/wal";
const CA = "/etc/etcd/pki/ca.crt";

const examined = async ({ host }: ThrowAwayMachine) => foreignEtcd.examine(host, testContext(cluster, [host]));

machineStory("data of an etcd that Tripod did not install is not touched", async (machine) => {
  machine.write(DATA, "");
  expect(await examined(machine)).toMatchObject([
    { code: "E_REFUSED", message: "/var/lib/etcd contains data of an etcd that Tripod did not install" },
  ]);
});

machineStory("a member of this cluster, and a master without any etcd, are accepted", async (machine) => {
  expect(await examined(machine)).toEqual([]);
  machine.write(DATA, "");
  machine.write(CA, "");
  expect(await examined(machine)).toEqual([]);
});

machineStory("a link in place of /var/lib/etcd has to lead to a directory", async (machine) => {
  symlinkSync("/data/etcd", join(machine.root, "var/lib/etcd"));
  expect(await examined(machine)).toMatchObject([
    { code: "E_REFUSED", message: "/var/lib/etcd is a link to /data/etcd, which is not a directory" },
  ]);
  machine.write("/data/etcd/lost+found/.keep", "");
  expect(await examined(machine)).toEqual([]);
});

/** An etcd that runs as a unit of this file; what its gateway for JSON answers. */
async function runs(machine: ThrowAwayMachine, unit: string, answer: string): Promise<void> {
  machine.write(unit, "[Service]\n");
  machine.write("/usr/local/sbin/etcdctl", "#!/bin/sh\nexit 1\n", 0o755);
  machine.write("/usr/local/sbin/curl", `#!/bin/sh\necho '${answer}'\n`, 0o755);
  await machine.connection.run(
    "cp /bin/sleep /tmp/etcd; /tmp/etcd 60 >/dev/null 2>&1 & echo $! >/fakes/units/etcd.service.pid; touch /fakes/units/etcd.service.active",
  );
}

const PACKAGED = "/usr/lib/systemd/system/etcd.service";
const NOTHING = '{"header":{"cluster_id":"14841639068965178418","revision":"1"}}';
const KEYS = '{"header":{"revision":"2"},"kvs":[{"key":"L3JlZ2lzdHJ5"}],"count":"1"}';

machineStory(
  "the etcd that Debian's package has just started, and that has no keys, is in nobody's way",
  async (machine) => {
    await runs(machine, PACKAGED, NOTHING);
    expect(await examined(machine)).toEqual([]);
  },
);

for (const [title, unit, answer] of [
  ["with keys", PACKAGED, KEYS],
  ["that does not answer", PACKAGED, ""],
  ["of a unit that somebody wrote", "/etc/systemd/system/etcd.service", NOTHING],
] as const)
  machineStory(`a running etcd ${title} is somebody's, and is refused`, async (machine) => {
    await runs(machine, unit, answer);
    expect(await examined(machine)).toMatchObject([
      {
        code: "E_REFUSED",
        message: expect.stringMatching(/^another etcd runs on it \(pid \d+\), and has keys or/) as string,
      },
    ]);
    machine.write(CA, "");
    expect(await examined(machine)).toEqual([]);
  });

test("a worker's /var/lib/etcd is not checked", async () => {
  expect(await findings(foreignEtcd, { w1: { answer: () => "" } })).toEqual([]);
});

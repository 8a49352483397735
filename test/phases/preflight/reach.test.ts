import { describe, expect } from "vitest";
import { connects, whileListening } from "../../../src/phases/preflight/reach.ts";
import type { ThrowAwayMachine } from "../../support/machine.ts";
import { machineStory } from "../../support/machine-story.ts";
import { because, missingPrograms } from "../../support/programs.ts";

const RULES = `table inet filter {
  chain input {
    type filter hook input priority 0;
    tcp dport 2380 drop
    tcp dport 6443 reject
    tcp dport 8443 reject with icmpx type admin-prohibited
    ip daddr 10.0.0.99 ip protocol 112 drop
  }
}
`;

const PORTS = [112, 2379, 2380, 6443, 8443];

async function tried(machine: ThrowAwayMachine): Promise<Record<string, string>> {
  machine.write("/rules", RULES);
  await machine.connection.run("nft -f /rules; ip addr add 10.0.0.99/32 dev lo");
  const targets = [...PORTS, 10250].map((port) => `10.0.0.11:${port}`);
  const found = await whileListening(new Map([[machine.host, PORTS]]), async (listeners) => {
    expect([...(listeners.get(machine.host)?.ports ?? [])]).toEqual(PORTS);
    return connects(machine.host, [...targets, "10.0.0.99:112"]);
  });
  const { stdout } = await machine.connection.run("ss -ltnH; pgrep -f reach || true");
  expect(stdout).toBe("");
  return Object.fromEntries(found);
}

const OUTCOMES = {
  "10.0.0.11:112": "open",
  "10.0.0.11:2379": "open",
  "10.0.0.11:2380": "timeout",
  "10.0.0.11:6443": "refused",
  "10.0.0.11:8443": "rejected",
  "10.0.0.11:10250": "refused",
  "10.0.0.99:112": "timeout",
};

const missing = missingPrograms("nft", "perl", "/usr/bin/python3");
describe.skipIf(missing)(`what is open, refused and dropped${because(missing)}`, () => {
  machineStory("is distinguished by perl", async (machine) => {
    await machine.connection.run("rm /usr/local/sbin/perl");
    expect(await tried(machine)).toEqual(OUTCOMES);
  });

  machineStory("is distinguished by python3 where there is no perl", async (machine) => {
    await machine.connection.run("rm /usr/local/sbin/perl /usr/bin/perl");
    expect(await tried(machine)).toEqual(OUTCOMES);
  });

  machineStory("is not known where there is neither", async (machine) => {
    await machine.connection.run(
      "rm -f /usr/local/sbin/perl /usr/bin/perl /usr/bin/python3 /usr/libexec/platform-python",
    );
    const found = await whileListening(new Map([[machine.host, PORTS]]), async (listeners) => {
      expect(listeners.size).toBe(0);
      return connects(machine.host, ["10.0.0.11:2379"]);
    });
    expect([...found]).toEqual([]);
  });

  machineStory("a program that has a port already keeps it", async (machine) => {
    await machine.connection.run("rm /usr/local/sbin/perl");
    await whileListening(new Map([[machine.host, [2379]]]), async () => {
      await whileListening(new Map([[machine.host, [2379, 2380]]]), (listeners) => {
        expect([...(listeners.get(machine.host)?.ports ?? [])]).toEqual([2380]);
        return Promise.resolve();
      });
    });
  });
});

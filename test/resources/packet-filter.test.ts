import { describe, expect } from "vitest";
import { FIREWALL_SCRIPT, firewallScript } from "../../src/config/firewall.ts";
import { packetFilter } from "../../src/resources/packet-filter.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import type { ThrowAwayMachine } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { changesIn, walk } from "../support/walk.ts";

const cluster = testCluster();
const text = firewallScript(cluster, machineNamed(cluster, "m1"));
const resource = () => [packetFilter({ script: FIREWALL_SCRIPT, text })];

/** What an operator may have in /etc/nftables.conf. */
const RULES = `table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state invalid drop
    tcp dport 22 accept
    counter log prefix "dropped: " drop
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
  }
  chain output {
    type filter hook output priority 0; policy accept;
  }
}
`;

async function on({ connection }: ThrowAwayMachine, script: string): Promise<string> {
  const { code, stdout, stderr } = await connection.run(script);
  if (code !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

async function loaded(machine: ThrowAwayMachine, rules = RULES): Promise<void> {
  machine.write(FIREWALL_SCRIPT, text, 0o755);
  machine.write("/etc/nftables.conf", rules);
  await on(machine, "nft -f /etc/nftables.conf");
}

const chain = async (machine: ThrowAwayMachine, name: string) =>
  (await on(machine, `nft -n list chain inet filter ${name}`)).split("\n").map((line) => line.trim());

const noNft = missingPrograms("nft");
describe.skipIf(noNft)(`nftables${because(noNft)}`, () => {
  machineStory("the rules stand before the one that drops everything, and after what is dropped by name", async (m) => {
    await loaded(m);
    const planned = changesIn(await walk(m.host, resource(), "plan"));
    expect(planned).toContainEqual({ field: "inet filter input", from: "absent", to: "tcp dport 6443 accept" });
    expect(changesIn(await walk(m.host, resource()))).toEqual(planned);
    const input = await chain(m, "input");
    expect(input.slice(3, 7)).toEqual([
      'iif "lo" accept',
      "ct state 0x1 drop",
      "tcp dport 22 accept",
      "jump tripod_input",
    ]);
    expect(await chain(m, "forward")).toContain("jump tripod_forward");
    expect(await chain(m, "tripod_input")).toContain("ip saddr 10.0.0.12 ip protocol 112 accept");
    expect(await chain(m, "output")).not.toContain("jump tripod_input");
    expect(changesIn(await walk(m.host, resource()))).toEqual([]);
  });

  machineStory("a rule that is gone is added again, and one that is no longer wanted is removed", async (m) => {
    await loaded(m);
    await walk(m.host, resource());
    await on(
      m,
      "nft flush chain inet filter tripod_forward; nft add rule inet filter tripod_input tcp dport 99 accept",
    );
    expect(changesIn(await walk(m.host, resource()))).toEqual([
      { field: "inet filter input", from: "tcp dport 99 accept", to: "absent" },
      { field: "inet filter forward", from: "absent", to: "ip saddr 10.244.0.0/16 accept" },
      { field: "inet filter forward", from: "absent", to: "ip daddr 10.244.0.0/16 accept" },
    ]);
    expect(changesIn(await walk(m.host, resource()))).toEqual([]);
  });

  machineStory(
    "a table that rejects with an answer is opened too, and one of kube-proxy's is left alone",
    async (m) => {
      await loaded(
        m,
        `table inet other {
  chain own_input {
    type filter hook input priority 10; policy accept;
    reject with icmpx type admin-prohibited
  }
}
table ip kube-proxy {
  chain input {
    type filter hook input priority 0; policy drop;
  }
}
`,
      );
      const fields = changesIn(await walk(m.host, resource())).map(({ field }) => field);
      expect([...new Set(fields)]).toEqual(["inet other own_input"]);
      expect(changesIn(await walk(m.host, resource()))).toEqual([]);
    },
  );

  machineStory("nothing is added where nothing is dropped", async (m) => {
    await loaded(m, "table inet filter {\n  chain input {\n    type filter hook input priority 0;\n  }\n}\n");
    expect(changesIn(await walk(m.host, resource(), "plan"))).toEqual([]);
  });
});

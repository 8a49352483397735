import type { Scenario } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";

const DELAY = "50ms";

/** Tried on a new dummy interface: fails on a kernel without netem. */
const HAS_NETEM =
  "ip link add tripod-try type dummy && { tc qdisc add dev tripod-try root netem delay 1ms; code=$?; ip link del tripod-try; exit $code; }";

export const latency: Scenario = {
  name: "latency",
  title: `every packet of the VIP holder delayed by ${DELAY}`,
  usual: false,
  lasts: [12_000, 12_000],
  limits: { twoHolders: 1000 },
  prepare: async ({ holder }, undoneAfter) => {
    const victim = await holder();
    const { code, stderr } = await victim.connection.run(HAS_NETEM);
    if (code !== 0) return `${victim.name} has no netem: ${stderr.trim().split("\n").at(-1) ?? "tc failed"}`;
    const device = `device=$(ip -o -4 addr show | awk '$4 ~ /^${victim.machine.address.replaceAll(".", "\\.")}\\// { print $2; exit }')`;
    return scriptedDisruption(
      victim,
      {
        name: "latency",
        what: `every packet of ${victim.name} delayed by ${DELAY}`,
        disrupt: `${device}; tc qdisc replace dev "$device" root netem delay ${DELAY}`,
        undo: `${device}; tc qdisc del dev "$device" root 2>/dev/null; true`,
      },
      undoneAfter,
    );
  },
};

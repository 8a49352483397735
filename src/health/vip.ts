import { parseAddresses } from "../facts/network.ts";
import type { Host } from "../host.ts";
import type { Condition } from "../resources/condition.ts";

/** The masters that carry the VIP on an interface right now. */
export async function readVipHolders(masters: readonly Host[], vip: string): Promise<readonly string[]> {
  const held = await Promise.all(
    masters.map(async (master) =>
      parseAddresses((await master.read("ip -o -4 addr show")).stdout).some(({ address }) => address === vip),
    ),
  );
  return masters.filter((_, index) => held[index]).map(({ name }) => name);
}

export function oneVipHolder(masters: readonly Host[], vip: string): Condition {
  return {
    title: `one master holds the VIP ${vip}`,
    within: 30_000,
    async holds() {
      const holders = await readVipHolders(masters, vip);
      if (holders.length === 1) return true;
      return holders.length === 0 ? "no master holds it" : `${holders.join(" and ")} hold it at once`;
    },
  };
}

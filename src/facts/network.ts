import { defineFact } from "./fact.ts";

export interface Address {
  readonly interface: string;
  readonly address: string;
  readonly prefix: number;
}

/** The IPv4 addresses of a host. They can move during a run (the VIP does): read them again for that. */
export const network = defineFact<readonly Address[]>({
  name: "network",
  command: "ip -o -4 addr show",
  parse: parseAddresses,
});

export function parseAddresses(stdout: string): readonly Address[] {
  return [...stdout.matchAll(/^\d+:\s+(\S+)\s+inet\s+([\d.]+)(?: peer [\d.]+)?\/(\d+)/gm)].map(
    ([, name = "", address = "", prefix = ""]) => ({
      interface: name,
      address,
      prefix: Number(prefix),
    }),
  );
}

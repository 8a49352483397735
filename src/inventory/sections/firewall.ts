import { z } from "zod";

export const firewall = z
  .enum(["leave", "manage"])
  .default("leave")
  .describe(
    "`manage`: on each host's own firewall (firewalld, ufw, nftables or iptables) Tripod opens the ports that the cluster needs, and nothing " +
      "else. `leave`: no rule is added or removed; rules that Tripod added earlier stay.",
  )
  .meta({ life: "any time" });

import { z } from "zod";
import type { Problem } from "../problem.ts";
import { duration, textual } from "../scalars.ts";

/** The drill's scenarios in the order in which they are run: src/drills/index.ts has one for each. */
export const SCENARIO_NAMES = [
  "api-server-holder",
  "api-server-other",
  "keepalived-holder",
  "haproxy-holder",
  "etcd-follower",
  "etcd-leader",
  "kubelet",
  "power-holder",
  "power-master",
  "power-worker",
  "cut-master",
  "cut-holder",
  "cut-vrrp",
  "cut-etcd",
  "loss",
  "latency",
  "disk-full",
  "clock",
  "quorum",
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** The probes, which a client repeats all the time; and `twoHolders`, which has a limit too. */
export type LimitName = keyof typeof LIMITS;

const limit = (text: string) => duration.optional().describe(text);

const limits = {
  vip: limit("No TCP connection to the VIP."),
  apiLive: limit("No answer from `/livez` through the VIP."),
  apiRead: limit("No answer to a read through the VIP that reaches etcd."),
  apiWrite: limit("No acknowledgement of a write through the VIP."),
  watch: limit("A watch through the VIP does not report a change."),
  service: limit("No answer from the drill's own workload through its Service."),
  nodePort: limit("No answer from the drill's own workload through a NodePort."),
  twoHolders: limit("Two masters have the VIP at once."),
};

/** Default limits of an outage, ms. */
const LIMITS = {
  vip: 2000,
  apiLive: 2000,
  apiRead: 2000,
  apiWrite: 3000,
  watch: 3000,
  service: 3000,
  nodePort: 3000,
  twoHolders: 500,
};

export const drill = z
  .strictObject({
    interval: duration
      .prefault("50ms")
      .describe("Time between two attempts of a probe, 10ms to 1s; each attempt is a fresh connection."),
    timeout: duration.prefault("1s").describe("Time after which an attempt counts as failed, at most 10s."),
    image: textual("image", /^[^\s]+[:@][^\s/]+$/, "an image with its tag")
      .optional()
      .describe("An image that serves HTTP on port 8080 when started without arguments. Default: agnhost.")
      .meta({ examples: ["registry.example/hello:1"] }),
    limits: z
      .strictObject(limits)
      .prefault({})
      .transform((given) => ({ ...LIMITS, ...given }))
      .describe(
        "The longest allowed outage of each probe, tail included. Default: 2s for the VIP and for reads, 3s for writes, " +
          "watches and the workload, 500ms for two holders of the VIP.",
      ),
    scenarios: z
      .partialRecord(z.enum(SCENARIO_NAMES), z.strictObject(limits))
      .prefault({})
      .describe("Limits of one scenario; they replace those of `limits` and the scenario's own.")
      .meta({ examples: [{ "power-worker": { service: "60s" } }] }),
  })
  .prefault({})
  .describe("`tripod drill`: how it measures, and its limits.")
  .meta({ life: "operator's side" });

const command = textual("command", /\S/, "a command of a shell");

export const power = z
  .strictObject({
    off: command
      .describe("Cuts a machine's power at once, without a shutdown.")
      .meta({ examples: ["ipmitool -H {{name}}-bmc.example.org power off"] }),
    on: command.describe("Switches it on again.").meta({ examples: ["ipmitool -H {{name}}-bmc.example.org power on"] }),
  })
  .optional()
  .describe(
    "How the drill switches machines off and on: commands of the operator's shell, with `{{name}}` and `{{address}}` for the " +
      "machine's. Default: `vagrant halt --force` and `vagrant up` with `ssh.vagrant`; else scenarios that need it are skipped.",
  )
  .meta({ life: "operator's side" });

export function* drillRules({ interval, timeout }: Partial<z.output<typeof drill>>): Iterable<Problem> {
  if (interval !== undefined && (interval < 10 || interval > 1000))
    yield { path: ["drill", "interval"], message: `an interval of ${interval} ms: set 10ms to 1s` };
  if (timeout !== undefined && timeout > 10_000)
    yield { path: ["drill", "timeout"], message: `a timeout of ${timeout} ms: set at most 10s` };
}

function placeholders(command = ""): string[] {
  return [...command.matchAll(/\{\{([^{}]*)\}\}/g)].map(([, name = ""]) => name.trim());
}

export function* powerRules(settings: Partial<z.output<typeof power>> | undefined): Iterable<Problem> {
  for (const key of ["off", "on"] as const)
    for (const name of placeholders(settings?.[key]))
      if (name !== "name" && name !== "address")
        yield {
          path: ["power", key],
          message: `unknown placeholder {{${name}}}`,
          hint: "use {{name}} and {{address}}, which stand for the machine's",
        };
}

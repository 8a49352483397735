import { z } from "zod";
import type { Problem } from "../problem.ts";
import { days, duration } from "../scalars.ts";

/** etcd refuses longer ones (server/embed/config.go: maxElectionMs). */
const LONGEST_ELECTION = 50_000;
/** No leaf outlives its CA, which lasts ten years. */
const LONGEST_VALIDITY = 3650;

export const etcd = z
  .strictObject({
    keys: z
      .enum(["ecdsa-p256", "rsa-2048"])
      .default("ecdsa-p256")
      .describe("The kind of key in etcd's certificates.")
      .meta({ life: "any time" }),
    heartbeat: duration
      .prefault("100ms")
      .describe("How often the leader says that it lives. About the round trip between masters.")
      .meta({ life: "any time" }),
    election: duration
      .prefault("1s")
      .describe("Silence after which a follower stands for election: at least ten heartbeats, at most 50s.")
      .meta({ life: "any time" }),
    validity: days
      .prefault("365d")
      .describe("How long a certificate of etcd is good for, up to 3650d.")
      .meta({ life: "any time" }),
    renewBefore: days
      .prefault("30d")
      .describe("Remaining days below which `apply` issues a certificate anew.")
      .meta({ life: "operator's side" }),
  })
  .prefault({})
  .describe("The etcd members, one on each master, as systemd units of their own.");

export function* etcdRules(settings: Partial<z.output<typeof etcd>>): Iterable<Problem> {
  const { heartbeat, election, validity, renewBefore } = settings;
  if (election !== undefined && election > LONGEST_ELECTION)
    yield { path: ["etcd", "election"], message: `an election of ${election} ms: etcd takes at most 50s` };
  if (heartbeat !== undefined && election !== undefined && election < 10 * heartbeat)
    yield {
      path: ["etcd", "election"],
      message: `an election of ${election} ms is less than ten heartbeats of ${heartbeat} ms: leaders would fall without a cause`,
      hint: `say at least ${10 * heartbeat}ms`,
    };
  if (validity !== undefined && validity > LONGEST_VALIDITY)
    yield {
      path: ["etcd", "validity"],
      message: `a certificate of ${validity} days outlives its CA: at most ${LONGEST_VALIDITY}d`,
    };
  if (validity !== undefined && renewBefore !== undefined && renewBefore >= validity)
    yield {
      path: ["etcd", "renewBefore"],
      message: `renewing ${renewBefore} days before the end of ${validity} days would renew on every run`,
    };
}

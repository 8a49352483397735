import { z } from "zod";
import type { Problem } from "../problem.ts";
import { days, duration } from "../scalars.ts";

/** etcd refuses longer ones (server/embed/config.go: maxElectionMs). */
const LONGEST_ELECTION = 50_000;
/** A leaf certificate cannot outlive its CA, which is valid for ten years. */
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
      .describe("How often the leader sends a heartbeat. About the round trip time between masters.")
      .meta({ life: "any time" }),
    election: duration
      .prefault("1s")
      .describe(
        "Time without a heartbeat after which a follower starts an election: at least ten heartbeats, at most 50s.",
      )
      .meta({ life: "any time" }),
    validity: days
      .prefault("365d")
      .describe("How long a certificate of etcd is valid, up to 3650d.")
      .meta({ life: "any time" }),
    renewBefore: days
      .prefault("30d")
      .describe("Remaining days below which `apply` reissues a certificate.")
      .meta({ life: "operator's side" }),
  })
  .prefault({})
  .describe("The etcd members, one on each master, as systemd units.");

export function* etcdRules(settings: Partial<z.output<typeof etcd>>): Iterable<Problem> {
  const { heartbeat, election, validity, renewBefore } = settings;
  if (election !== undefined && election > LONGEST_ELECTION)
    yield { path: ["etcd", "election"], message: `an election of ${election} ms: etcd takes at most 50s` };
  if (heartbeat !== undefined && election !== undefined && election < 10 * heartbeat)
    yield {
      path: ["etcd", "election"],
      message: `an election of ${election} ms is less than ten heartbeats of ${heartbeat} ms: there would be elections without a failure`,
      hint: `set at least ${10 * heartbeat}ms`,
    };
  if (validity !== undefined && validity > LONGEST_VALIDITY)
    yield {
      path: ["etcd", "validity"],
      message: `${validity} days is longer than the CA is valid: set at most ${LONGEST_VALIDITY}d`,
    };
  if (validity !== undefined && renewBefore !== undefined && renewBefore >= validity)
    yield {
      path: ["etcd", "renewBefore"],
      message: `a certificate that is valid for ${validity} days and renewed ${renewBefore} days before its end would be renewed by every apply`,
    };
}

import { TripodError, TripodErrors } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { Context, Phase } from "../phase.ts";
import type { Check } from "./check.ts";
import { CHECKS } from "./checks.ts";

/** What a check found on a host. */
export interface Finding {
  readonly check: Check;
  /** A warning does not stop the run: the inventory tolerates the check, or it is one by nature. */
  readonly warning: boolean;
  readonly error: TripodError;
}

/** Everything that can be checked beforehand, on all hosts and before anything is changed; all failures are reported at once. */
export const preflight: Phase = {
  name: "preflight",
  title: "Preflight",
  needs: [],
  hosts: ({ cluster }) => cluster.machines,
  async resources(host, context) {
    const findings = await findingsOf(host, context);
    for (const { warning, error } of findings) if (warning) context.warn(error);
    const errors = findings.flatMap(({ warning, error }) => (warning ? [] : [error]));
    if (errors.length === 0) return [];
    throw new TripodErrors(errors, `${host.name} does not meet the requirements`);
  },
};

/** All checks of one host, side by side. @throws what is not a problem of the host */
export async function findingsOf(host: Host, context: Context): Promise<readonly Finding[]> {
  return (await Promise.all(CHECKS.map((check) => examined(check, host, context)))).flat();
}

/** The problems that a check finds on a host, those that it throws included; any other error is not a problem of the host, and is thrown. */
async function examined(check: Check, host: Host, context: Context): Promise<Finding[]> {
  const tolerated = context.cluster.preflight.tolerate.includes(check.name);
  try {
    return (await check.examine(host, context)).map((problem) => {
      const { code = "E_PREFLIGHT", warning = false, ofCluster, message, why, hint } = problem;
      const where = ofCluster ? {} : { host: host.name, origin: host.machine.origin };
      const error = new TripodError(code, message, { ...where, ...(why && { why }), hint });
      return { check, warning: warning || (tolerated && code === "E_PREFLIGHT"), error };
    });
  } catch (error) {
    if (!(error instanceof TripodError) || (error.code !== "E_REFUSED" && error.code !== "E_PREFLIGHT")) throw error;
    return [{ check, warning: tolerated && error.code === "E_PREFLIGHT", error }];
  }
}

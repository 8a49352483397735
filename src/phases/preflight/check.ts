import type { Host } from "../../host.ts";
import type { CheckName } from "../../inventory/sections/preflight.ts";
import type { Context } from "../phase.ts";

export interface Problem {
  /** Default E_PREFLIGHT: the host does not meet the requirements. */
  readonly code?: "E_REFUSED" | "E_PREFLIGHT";
  /** It does not stop the run. */
  readonly warning?: boolean;
  /** It is about the whole cluster, and reported without a host. */
  readonly ofCluster?: boolean;
  readonly message: string;
  readonly why?: string;
  readonly hint: string;
}

/** One question about one host, asked before anything is changed. Reads only. */
export interface Check {
  readonly name: CheckName;
  /** What holds where the check passes, as a sentence without its full stop. */
  readonly title: string;
  examine(host: Host, context: Context): Promise<readonly Problem[]> | readonly Problem[];
}

import { TripodError } from "../errors.ts";
import type { Condition } from "../condition.ts";
import { until } from "../until.ts";
import type { LedgerResult } from "./events.ts";
import type { Ledger } from "./ledger.ts";

/** How long an API server that has just come back may take to list the ledger, ms. */
const READ_WITHIN = 120_000;

/** Ctrl-C does not interrupt the search for lost writes. */
const NEVER = new AbortController().signal;

/** Searches for every write of the ledger, and compares with what the watch reported (`seen`). */
export class Audit {
  readonly #ledger: Ledger;
  readonly #seen: ReadonlySet<number>;

  constructor(ledger: Ledger, seen: ReadonlySet<number>) {
    this.#ledger = ledger;
    this.#seen = seen;
  }

  /**
   * What became of a scenario's writes, once the last of them are answered.
   * @param within how long that may take, ms; a write that the watch has not reported by then counts as unseen
   */
  async afterScenario(scenario: number, within: number): Promise<LedgerResult> {
    const settled = this.#ledger.settled(scenario, this.#seen, within);
    await until(settled, { signal: NEVER }).catch((error: unknown) => {
      if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
    });
    return this.#read(scenario);
  }

  /**
   * Waits until writes are served again, and searches for every write of the current scenario.
   * @throws TripodError E_NOT_CONVERGED, E_DEADLINE
   */
  async nothingLost(writesServed: Condition): Promise<void> {
    await until(writesServed, { signal: NEVER });
    const { lost } = await this.#read(this.#ledger.currentScenario());
    if (lost.length === 0) return;
    throw new TripodError("E_NOT_CONVERGED", `${lost.length} acknowledged writes are lost`, {
      why: `numbers ${lost.slice(0, 20).join(", ")}${lost.length > 20 ? " …" : ""}`,
      hint: "data is lost: save the etcd data directories of all members before you do anything else",
    });
  }

  /** An API server that is slow for a moment is asked again. */
  async #read(scenario: number): Promise<LedgerResult> {
    const results: LedgerResult[] = [];
    const holds = async () => results.push(await this.#ledger.audit(scenario, this.#seen)) > 0 || "not read yet";
    await until({ title: "the ledger is read", within: READ_WITHIN, holds }, { signal: NEVER });
    return results[0] as LedgerResult;
  }
}

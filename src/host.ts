import type { Fact } from "./facts/fact.ts";
import type { Machine } from "./inventory/cluster.ts";
import type { OsFamily } from "./os/os.ts";
import type { ReadOptions } from "./remote/batch.ts";
import type { Connection, Result } from "./remote/connection.ts";

/** A machine that Tripod is connected to. */
export interface Host {
  readonly name: string;
  readonly machine: Machine;
  readonly connection: Connection;
  readonly os: OsFamily;
  fact<T>(fact: Fact<T>): T;
  /** Runs a script that only reads, in one command with all other reads of this host in the same tick. @throws E_COMMAND as `Connection.run` does */
  read(script: string, options?: ReadOptions): Promise<Result>;
}

/**
 * Tripod as a library. It never prints, prompts or ends the process: it takes a `Sink` of events, an `AbortSignal`, and throws
 * TripodError or TripodErrors; of an abort, whatever its reason, a TripodError with the code E_INTERRUPTED.
 */
export { bootstrap, type BootstrapOptions, walkPhases } from "./bootstrap.ts";
export type { DrillEvent, DrillSink, ScenarioOutcome } from "./drills/events.ts";
export { SCENARIOS } from "./drills/index.ts";
export type { Power } from "./drills/setup.ts";
export { powerOf } from "./drills/power.ts";
export { drill, type DrillOptions, measureChange, type MeasuredChange } from "./drills/drill.ts";
export type { Change, ErrorRecord, Mode, PhaseSummary, RunEvent, Sink } from "./engine/events.ts";
export type { Narrowing } from "./engine/narrow.ts";
export type { RunSummary } from "./engine/run.ts";
export { ERRORS, type ErrorCode, type ErrorDetails, type Origin, TripodError, TripodErrors } from "./errors.ts";
export type { Host } from "./host.ts";
export type { Cluster, Machine } from "./inventory/cluster.ts";
export { loadCluster, type LoadOptions } from "./inventory/load.ts";
export { readKubeconfig } from "./kubeconfig.ts";
export { type PreflightReport, runPreflight } from "./preflight.ts";
export { type Report, reportOf } from "./report/report.ts";
export { type DrillReport, drillReportOf } from "./report/drill/index.ts";
export { Secret } from "./secret.ts";
export { type SessionOptions, withSession } from "./session.ts";
export { readStatus, type Status } from "./status.ts";

import { powerCut, NO_POWER } from "../power.ts";
import type { Scenario } from "../scenario.ts";
import { otherThan } from "./victims.ts";

export const powerWorker: Scenario = {
  name: "power-worker",
  title: "power cut of a worker: its pods move",
  usual: false,
  lasts: [5_000, 150_000],
  // Kubernetes considers a dead node healthy for 40 s, and routes clients there meanwhile: its default, not ours.
  limits: { service: 60_000, nodePort: 60_000 },
  needsPower: true,
  prepare: ({ power, workers, probeHost }, undoneAfter) => {
    if (!power) return Promise.resolve(NO_POWER);
    const victim = otherThan(workers, ...(probeHost ? [probeHost] : []));
    return Promise.resolve(
      victim && probeHost ? powerCut([victim], power, undoneAfter) : "the cluster has no second worker for its pods",
    );
  },
  meanwhile: (setup, { victims }) => [setup.workloadWithout(victims.map(({ name }) => name))],
};

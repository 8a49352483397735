import type { Scenario } from "../drill.ts";
import { byPower, NO_POWER } from "../power.ts";
import { otherThan } from "./victims.ts";

export const powerWorker: Scenario = {
  name: "power-worker",
  title: "power cut of a worker: its pods move",
  usual: false,
  lasts: [5_000, 150_000],
  // Kubernetes believes in a dead node for 40 s, and sends clients there as long: its own default, not ours.
  limits: { service: 60_000, nodePort: 60_000 },
  prepare: ({ power, workers, bystander }, undoneAfter) => {
    if (!power) return Promise.resolve(NO_POWER);
    const victim = otherThan(workers, ...(bystander ? [bystander] : []));
    return Promise.resolve(
      victim && bystander
        ? byPower([victim], power, undoneAfter)
        : "there is no second worker that could take its pods",
    );
  },
  meanwhile: (stage, { victims }) => [stage.workloadWithout(victims.map(({ name }) => name))],
};

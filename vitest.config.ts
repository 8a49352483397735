import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** Files of stories that share one cluster (test/support/standing-lab.ts) come last, those which shake etcd at the end of them. */
const SHARING = ["works.test.ts", "drill.test.ts", "drift.test.ts", "truth.test.ts"];

class SharingLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => SHARING.indexOf(basename(moduleId));
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: SharingLast },
    // Else one processor is left free, which is half of them on a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
          testTimeout: 30_000,
          // A busy machine takes its time.
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { concurrent: false },
          globalSetup: "test/support/standing-lab.ts",
        },
      },
    ],
  },
});

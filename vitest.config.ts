import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** Files of stories that share one cluster (test/support/standing-lab.ts) come last, those which shake etcd at the end of them. */
const SHARING = ["works.test.ts", "drill.test.ts", "drift.test.ts", "truth.test.ts"];

/**
 * Files whose tests start sshd, systemd, keepalived, network namespaces or any other program. What is not among them is the project
 * `unit`, in which test/support/no-processes.ts refuses to start one.
 */
const MACHINE = [
  "test/{bundle,bundling,contract,os,pki,registry,remote,resources,vagrant}/**/*.test.ts",
  "test/{abort,https,index,session}.test.ts",
  "test/cli/{child,lab,main,commands/rehearse,commands/report}.test.ts",
  "test/config/{check-script,checkers,etcd-member,vrrp-adverts}.test.ts",
  "test/drills/{power,scenarios}.test.ts",
  "test/engine/cluster-lock.test.ts",
  "test/health/dns.test.ts",
  "test/inventory/{option,shown}.test.ts",
  "test/lab/{cache,image-archive,kubernetes,local,mirror,official-kubernetes,operator-machine,package-repository}.test.ts",
  "test/releases/repository-key.test.ts",
  "test/support/local-connection.test.ts",
  "test/phases/{bootstrap,killed,life,manifest-network,preflight/{containerd-config,disk-latency,etcd-data,files-on-host,kernel-modules,reach,selinux}}.test.ts",
];

class SharingLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => SHARING.indexOf(basename(moduleId));
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** A busy machine takes its time. */
const COMMON = { testTimeout: 30_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    sequence: { sequencer: SharingLast },
    // Else one processor is left free, which is half of them on a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          ...COMMON,
          name: "unit",
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: [...MACHINE, "test/e2e/**"],
          setupFiles: "test/support/no-processes.ts",
        },
      },
      { test: { ...COMMON, name: "machine", include: MACHINE } },
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

import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { reportOf } from "../../src/report/report.ts";
import { reportText, summaryLine } from "../../src/report/text.ts";
import { bootstrap, failedBootstrap, plan, stoppedBootstrap } from "../support/scenario.ts";

function written(events: readonly RunEvent[], write: typeof reportText): string {
  const report = reportOf(events);
  return report ? write(report) : "";
}

test("the text of a bootstrap ends with the time of each phase and the critical path", () => {
  expect(written(bootstrap, reportText)).toMatchInlineSnapshot(`
    "phase         hosts   from     to   time
    Preflight         3   0.0s   0.5s   0.5s
    Prepare           3   0.5s   2.6s   2.1s
    etcd              2   2.0s   6.2s   4.2s
    First master      1   6.2s  30.2s  24.0s
    Workers           1  30.2s  36.0s   5.8s

    critical path: 34.4s of remote commands in 36.1s (1.05×)
      step          host   from     to   time  commands
      preflight       m2   0.0s   0.5s   0.5s      0.5s
      prepare         m1   0.5s   2.0s   1.5s      1.4s
      etcd            m1   2.0s   6.2s   4.2s      4.0s
      first-master    m1   6.2s  30.2s  24.0s     23.0s
      workers         w1  30.2s  36.0s   5.8s      5.6s

    apply of lab done in 36.1s: 5 changed on 3 hosts, 2 unchanged"
  `);
});

test("the text of a failed bootstrap names the failed phase", () => {
  expect(written(failedBootstrap, reportText)).toMatchInlineSnapshot(`
    "phase         hosts   from     to   time
    Preflight         3   0.0s   0.5s   0.5s
    Prepare           3   0.5s   2.6s   2.1s
    etcd              2   2.0s   6.2s   4.2s
    First master      1   6.2s  30.2s  24.0s
    Workers           1  30.2s  32.0s   1.8s  failed

    critical path: 30.4s of remote commands in 32.0s (1.05×)
      step          host   from     to   time  commands
      preflight       m2   0.0s   0.5s   0.5s      0.5s
      prepare         m1   0.5s   2.0s   1.5s      1.4s
      etcd            m1   2.0s   6.2s   4.2s      4.0s
      first-master    m1   6.2s  30.2s  24.0s     23.0s
      workers         w1  30.2s  32.0s   1.8s      1.6s

    apply of lab failed in 32.0s: 5 changed on 3 hosts, 2 unchanged"
  `);
});

test("the text of a stopped bootstrap shows what was cancelled", () => {
  expect(written(stoppedBootstrap, reportText)).toMatchInlineSnapshot(`
    "phase         hosts  from    to  time
    Preflight         3  0.0s  0.5s  0.5s
    Prepare           3  0.5s  2.6s  2.1s
    etcd              2  2.0s  4.0s  2.0s  cancelled
    First master      1  4.0s  4.0s  0.0s  cancelled
    Workers           1  4.0s  4.0s  0.0s  cancelled

    critical path: 2.3s of remote commands in 4.0s (1.71×)
      step       host  from    to  time  commands
      preflight    m2  0.0s  0.5s  0.5s      0.5s
      prepare      m1  0.5s  2.0s  1.5s      1.4s
      etcd         m1  2.0s  4.0s  2.0s      0.5s

    apply of lab cancelled in 4.0s: 3 changed on 2 hosts, 1 unchanged"
  `);
});

test("the text of a plan ends with the number of changes", () => {
  expect(written(plan, summaryLine)).toBe("4 to change on 2 hosts, 1 unchanged");
});

test("a run without changes is reported as such", () => {
  const quiet = plan.filter((event) => event.type !== "resource.change");
  expect(written(quiet, summaryLine)).toBe("nothing to change, 1 unchanged");
});

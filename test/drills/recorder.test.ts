import { describe, expect, it } from "vitest";
import { now } from "../../src/drills/clock.ts";
import type { DrillEvent, ProbeInfo } from "../../src/drills/events.ts";
import { createRecorder } from "../../src/drills/recorder.ts";

const READ: ProbeInfo = { id: "apiRead@operator", name: "apiRead", title: "read through the VIP", from: "operator" };
const signal = new AbortController().signal;

describe("the samples of probes", () => {
  it("are emitted in batches, each attempt once", () => {
    const events: DrillEvent[] = [];
    const { record, flush } = createRecorder([READ], (event) => events.push(event));
    record(READ.id, 1050, 3, null);
    record(READ.id, 1000, 500, "timeout");
    flush();
    flush();
    expect(events).toEqual([
      {
        type: "probe.samples",
        at: 1000,
        probe: READ.id,
        samples: [
          [50, 3, null],
          [0, 500, "timeout"],
        ],
      },
    ]);
  });

  it("do not count as served while nothing has been answered", async () => {
    const { servedFor } = createRecorder([READ], () => undefined);
    expect(await servedFor(1, 1000).holds(signal)).toBe("read through the VIP (operator): no answer for 1.5 s");
  });

  it("do not count as served right after a failure, and name it", async () => {
    const { record, servedFor } = createRecorder([READ], () => undefined);
    const served = servedFor(1000, 1000);
    record(READ.id, now(), 1, null);
    record(READ.id, now(), 2, "refused");
    expect(await served.holds(signal)).toBe("read through the VIP (operator): refused");
  });

  it("name every probe that is not answered, with the reason", () => {
    const service: ProbeInfo = { id: "service@w2", name: "service", title: "HTTP through the Service", from: "w2" };
    const port: ProbeInfo = { id: "nodePort@w2", name: "nodePort", title: "HTTP through a NodePort", from: "w2" };
    const { record, unanswered } = createRecorder([READ, service, port], () => undefined);
    record(READ.id, now(), 1, null);
    record(service.id, now(), 2, "timeout");
    expect(unanswered(1000)).toEqual([
      "HTTP through the Service (w2): timeout",
      "HTTP through a NodePort (w2): no answer for 1.5 s",
    ]);
  });

  it("count as served once every probe has been answered for that long", async () => {
    const { record, servedFor } = createRecorder([READ], () => undefined);
    record(READ.id, now() - 10, 5, null);
    expect(await servedFor(0, 1000).holds(signal)).toBe(true);
  });
});

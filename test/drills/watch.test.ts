import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { dialFromOperator } from "../../src/drills/client.ts";
import { now } from "../../src/drills/clock.ts";
import { openWatch } from "../../src/drills/watch.ts";

const closing: (() => unknown)[] = [];
afterEach(() => closing.splice(0).map((close) => close()));

const added = (number: number, version: number) =>
  `${JSON.stringify({ type: "ADDED", object: { metadata: { name: `n-${number}`, resourceVersion: String(version) } } })}\n`;

/** An API server that serves watches only. */
async function watched(stream: (response: ServerResponse, from: string, nth: number) => void, timeout = 10_000) {
  let nth = 0;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://vip");
    if (!searchParams.has("watch"))
      response.end(
        '{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"n-9"}},{"metadata":{"name":"kube-root-ca.crt"}}]}',
      );
    else {
      response.flushHeaders();
      stream(response, searchParams.get("resourceVersion") ?? "", nth++);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = { dial: dialFromOperator, host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const over = new AbortController();
  closing.push(() => (over.abort(), server.closeAllConnections(), server.close()));
  const reports: [number, string | null][] = [];
  const watch = openWatch({
    namespace: "ns",
    endpoint,
    interval: 10,
    timeout,
    signal: over.signal,
    report: (from, _ms, error) => reports.push([from, error]),
  });
  return { watch, reports };
}

it("reports a write once the server has", async () => {
  const { watch, reports } = await watched((response) => response.write(added(1, 8)));
  watch.expect(1, now());
  await expect.poll(() => reports.map(([, error]) => error)).toEqual([null]);
  // The list contains what was written before.
  expect(watch.seen).toEqual(new Set([9, 1]));
});

it("continues from its last version when its connection breaks", async () => {
  const asked: string[] = [];
  const { watch, reports } = await watched((response, from, nth) => {
    asked.push(from);
    response.write(added(nth + 1, 8 + nth));
    if (nth === 0) setImmediate(() => response.destroy());
  });
  watch.expect(1, now());
  watch.expect(2, now());
  await expect.poll(() => reports.length).toBe(2);
  expect(asked).toEqual(["7", "8"]);
  expect(reports.map(([, error]) => error)).toEqual([null, null]);
});

it("starts again when a write is not reported in time, and counts it as late", async () => {
  const { watch, reports } = await watched((response, _from, nth) => {
    if (nth > 0) response.write(added(1, 8));
  }, 300);
  watch.expect(1, now());
  await expect.poll(() => watch.seen.has(1)).toBe(true);
  expect(reports.map(([, error]) => error)).toEqual(["timeout"]);
});

it("reads the list again when its version is too old", async () => {
  const gone = `${JSON.stringify({ type: "ERROR", object: { metadata: {}, code: 410 } })}\n`;
  const asked: string[] = [];
  await watched((response, from, nth) => {
    asked.push(from);
    if (nth < 1) response.end(gone);
  });
  await expect.poll(() => asked.length).toBe(2);
  expect(asked).toEqual(["7", "7"]);
});

it.each([
  ["a page", "<html>"],
  ["null", "null"],
  ["half a change", '{"type":"ADDED","object":{"metadata":null}}'],
  ["5 MiB", "x".repeat(5 << 20)],
])("starts again when it receives %s instead of a change", async (_, line) => {
  const { watch } = await watched((response, _from, nth) => {
    if (nth === 0) response.end(`${line}\n`);
    else response.write(added(1, 8));
  });
  await expect.poll(() => watch.seen.has(1)).toBe(true);
});

it("stops reading an endless line", async () => {
  const { watch } = await watched((response, _from, nth) => {
    if (nth === 0) response.write("x".repeat(5 << 20));
    else response.write(added(1, 8));
  });
  await expect.poll(() => watch.seen.has(1)).toBe(true);
});

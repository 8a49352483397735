import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForInterrupts } from "../../src/cli/interrupt.ts";
import { Recorder } from "../support/surface.ts";

function running() {
  const process = new EventEmitter();
  const stderr = new Recorder();
  let left = 0;
  const signal = listenForInterrupts(process, stderr, () => left++);
  return { process, stderr, signal, left: () => left };
}

test.each(["SIGINT", "SIGTERM"])("the first %s lets what runs finish, and says so", (name) => {
  const { process, stderr, signal, left } = running();
  process.emit(name);
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ code: "E_INTERRUPTED" });
  expect(stderr.text).toBe("finishing what runs; Ctrl-C again aborts at once\n");
  expect(left()).toBe(0);
});

test("the second aborts at once", () => {
  const { process, left } = running();
  process.emit("SIGINT");
  process.emit("SIGTERM");
  expect(left()).toBe(1);
});

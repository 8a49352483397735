import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForInterrupts } from "../../src/cli/interrupt.ts";
import { Recorder } from "../support/surface.ts";

function running() {
  const process = new EventEmitter();
  const stderr = new Recorder();
  let left = 0;
  const interrupts = listenForInterrupts(process, stderr, () => left++);
  return { interrupt: (name: string) => process.emit(name, name), stderr, ...interrupts, left: () => left };
}

test.each(["SIGINT", "SIGTERM"])("the first %s lets running work finish, and prints that", (name) => {
  const { interrupt, stderr, signal, left } = running();
  interrupt(name);
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ code: "E_INTERRUPTED" });
  expect(stderr.text).toBe("finishing what is running; press Ctrl-C again to abort at once\n");
  expect(left()).toBe(0);
});

test("the second aborts at once", () => {
  const { interrupt, left } = running();
  interrupt("SIGINT");
  interrupt("SIGTERM");
  expect(left()).toBe(1);
});

test("while a question or another process receives interrupts, they abort nothing and print nothing", () => {
  const { interrupt, stderr, signal, left, handOver } = running();
  const had: string[] = [];
  const takeBack = handOver((name) => had.push(name));
  interrupt("SIGINT");
  interrupt("SIGTERM");
  expect([had, signal.aborted, left(), stderr.text]).toEqual([["SIGINT", "SIGTERM"], false, 0, ""]);
  takeBack();
  interrupt("SIGINT");
  expect(signal.aborted).toBe(true);
});

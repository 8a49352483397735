import { describe, expect, it, test } from "vitest";
import { readVerifyRecord, recordVerify, verifyRecordIn } from "../../src/resources/verify-record.ts";
import { machineStory } from "../support/machine-story.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { standing } from "../support/standing.ts";

describe("whether the cluster was seen to work", () => {
  machineStory("is remembered in the cluster itself, with the reason and the time", async (machine) => {
    standing(machine);
    expect(await readVerifyRecord(machine.host)).toEqual({ result: "due" });
    await recordVerify(machine.host, { result: "failed", why: "w1 gets no answer\nm1 gets none" });
    expect(await readVerifyRecord(machine.host)).toEqual({
      result: "failed",
      why: "w1 gets no answer; m1 gets none",
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    });
  });

  machineStory("is due where there is no cluster yet", async (machine) => {
    expect(await readVerifyRecord(machine.host)).toEqual({ result: "due" });
  });

  it("is not known where the API server does not answer, and why is said", async () => {
    const host = scriptedHost({ answer: () => ({ code: 1, stderr: "warning\nconnection refused\n" }) });
    expect(await readVerifyRecord(host)).toBe("connection refused");
  });

  test.each([
    ["nothing", undefined],
    ["no data", { kind: "ConfigMap" }],
    ["data that is no map", { data: "reached" }],
    ["a word that we do not write", { data: { result: "fine" } }],
    ["a result that is no text", { data: { result: ["reached"] } }],
  ])("is due where the record is %s", (_, object) => {
    expect(verifyRecordIn(object)).toEqual({ result: "due" });
  });

  it("is read in one go, whatever somebody has written there", () => {
    const begun = process.cpuUsage();
    const why = `a${" ".repeat(200_000)}b`;
    expect(verifyRecordIn({ data: { result: "failed", why } })).toEqual({ result: "failed", why: "a b" });
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(1);
  });

  it("is shown without what a terminal would obey, and not at any length", () => {
    const escape = "\u001b[2J";
    const why = `${escape}no\u202e answer${"!".repeat(9999)}`;
    const record = verifyRecordIn({ data: { result: "failed", why, at: "yesterday" } });
    expect(record.why).toMatch(/^\[2Jno answer!+…$/);
    expect(record.why).toHaveLength(500);
    expect(record).not.toHaveProperty("at");
  });
});

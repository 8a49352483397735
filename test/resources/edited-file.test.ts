import { expect, test } from "vitest";
import { withComponentSettings } from "../../src/config/component-settings.ts";
import { editedFile } from "../../src/resources/edited-file.ts";
import { unifiedDiff } from "../../src/resources/file.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { impatient } from "../support/working.ts";

const PATH = "/var/lib/kubelet/config.yaml";
const read = (text: string) =>
  editedFile({ path: PATH, edit: (before) => withComponentSettings(before, { maxPods: 77 }) }).inspect(
    scriptedHost({ answer: () => `600\n${text}` }),
    impatient,
  );

test.each([
  ["no YAML", "{a: [s3cret"],
  ["a list", "[s3cret]"],
  ["a text", "s3cret"],
])("a host whose file is %s is named, and nothing of the file is shown", async (_, text) => {
  const error: unknown = await read(text).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "E_COMMAND",
    details: { host: "m1", hint: expect.stringContaining(PATH) as string },
  });
  expect(JSON.stringify(error)).not.toContain("s3cret");
});

test("a file that is too large is reported with its host", async () => {
  await expect(read("#".repeat((4 << 20) + 1))).rejects.toMatchObject({ code: "E_COMMAND", details: { host: "m1" } });
});

test("many keys, or many lines that differ, do not stop Tripod for long", async () => {
  const before = process.cpuUsage();
  const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`).join("\n");
  await read(keys);
  const lines = (letter: string) => `${letter}\n`.repeat(100_000);
  expect(unifiedDiff("/etc/hosts", `${lines("a")}${lines("b")}`, lines("b"))).toBe(
    "--- /etc/hosts\n+++ /etc/hosts\n@@ more than 1000 lines differ @@\n",
  );
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(15_000);
});

test("a new file is shown whole, however long it is", () => {
  expect(unifiedDiff("/etc/new", undefined, "line\n".repeat(3000)).match(/^\+line$/gm)).toHaveLength(3000);
});

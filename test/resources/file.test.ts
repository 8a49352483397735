import { expect, it } from "vitest";
import { unifiedDiff } from "../../src/resources/file.ts";

it("shows a changed file as a diff that patch would take, and nothing before it", () => {
  expect(unifiedDiff("/etc/x", "a\nb\n", "a\nc\n")).toBe("--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
});

it("shows a new file as one that came from nowhere", () => {
  expect(unifiedDiff("/etc/x", undefined, "a\n")).toBe("--- /dev/null\n+++ /etc/x\n@@ -0,0 +1,1 @@\n+a\n");
});

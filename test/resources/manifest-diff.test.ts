import { expect, test } from "vitest";
import { withoutNoise } from "../../src/resources/manifest-diff.ts";

const NAME = "apps.v1.DaemonSet.kube-flannel.kube-flannel-ds";
const HEADER = `diff -u -N /tmp/LIVE-31/${NAME} /tmp/MERGED-78/${NAME}
--- /tmp/LIVE-31/${NAME}	2026-11-28 05:34:39.488374734 +0000
+++ /tmp/MERGED-78/${NAME}	2026-11-28 05:34:39.512374736 +0000
`;
/** As kubectl 1.20.2 printed them. */
const COUNTERS = `@@ -2,11 +2,11 @@
   annotations:
-    deprecated.daemonset.template.generation: "1"
+    deprecated.daemonset.template.generation: "2"
   creationTimestamp: "2026-11-28T05:34:37Z"
-  generation: 1
+  generation: 2
   labels:
`;
const OWNERS = `@@ -159,7 +159,7 @@
                 f:name: {}
     manager: tripod
     operation: Apply
-    time: "2026-11-28T05:34:37Z"
+    time: "2026-11-28T05:34:39Z"
   - apiVersion: apps/v1
     fieldsType: FieldsV1
     fieldsV1:
@@ -262,7 +262,6 @@
                   f:requests:
                     .: {}
-                    f:cpu: {}
                     f:memory: {}
`;
const CHANGE = `@@ -456,7 +455,7 @@
         resources:
           requests:
-            cpu: 100m
+            cpu: 200m
             memory: 50Mi
`;

test("of an object that differs only what it is about is shown, without counters and owners of fields", () => {
  expect(withoutNoise(HEADER + COUNTERS + OWNERS + CHANGE)).toBe(`--- ${NAME}\n+++ ${NAME}\n${CHANGE}`);
});

test("an object in which only counters and owners of fields differ does not differ", () => {
  expect(withoutNoise(HEADER + COUNTERS + OWNERS)).toBe("");
});

test("a setting that only looks like a counter or an owner is a change", () => {
  const setting = "@@ -5,3 +5,3 @@\n data:\n-    operation: Allow\n+    operation: Deny\n";
  const count = "@@ -5,3 +5,3 @@\n spec:\n-      generation: 4\n+      generation: 5\n";
  expect(withoutNoise(HEADER + setting)).toContain("+    operation: Deny");
  expect(withoutNoise(HEADER + count)).toContain("+      generation: 5");
});

test("a new object of thousands of lines is shown by its beginning", () => {
  const lines = Array.from({ length: 5735 }, (_, index) => `+line ${index}\n`).join("");
  const shown = withoutNoise(`${HEADER}@@ -0,0 +1,5735 @@\n${lines}`).split("\n");
  expect(shown.slice(0, 4)).toEqual([`--- ${NAME}`, `+++ ${NAME}`, "@@ -0,0 +1,5735 @@", "+line 0"]);
  expect(shown.slice(-2)).toEqual(["+… and 5696 more lines of a new object", ""]);
});
